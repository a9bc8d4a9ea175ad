#include "sql/pool.h"

namespace coffer {
namespace {

using std::chrono::steady_clock;

constexpr auto kPause = std::chrono::milliseconds(500);

}  // namespace

Result<Pool::Borrowed> Pool::borrow(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  bool free = freed_.wait_for(lock, patience, [&] { return !idle_.empty() || open_ < limit_; });
  if (!free) return Error{Errc::unavailable, "every database connection is in use"};
  while (!idle_.empty()) {
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    if (!connection->abandoned()) return Borrowed(connection.release(), Return{this});
    open_--;
  }
  if (steady_clock::now() < retry_at_)
    return Error{Errc::unavailable, "the database did not answer a moment ago"};
  open_++;
  lock.unlock();
  return connect();
}

Result<Pool::Borrowed> Pool::connect() {
  auto connection = Connection::open(address_);
  Result<> fit = connection ? Result<>{} : connection.error();
  if (fit && check_) fit = check_(**connection);
  if (fit) return Borrowed(connection->release(), Return{this});
  std::scoped_lock lock(mutex_);
  open_--;
  retry_at_ = steady_clock::now() + kPause;
  freed_.notify_one();
  return fit.error();
}

void Pool::give_back(Connection* connection) {
  std::unique_ptr<Connection> owned(connection);
  std::scoped_lock lock(mutex_);
  if (owned->broken()) {
    // What ended this conversation, a restart of the server say, has ended the idle ones too.
    open_ -= 1 + idle_.size();
    idle_.clear();
    freed_.notify_all();
    return;
  }
  idle_.push_back(std::move(owned));
  freed_.notify_one();
}

}  // namespace coffer
