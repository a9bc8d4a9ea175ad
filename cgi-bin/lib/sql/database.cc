#include "sql/database.h"

#include "sql/replication.h"

namespace coffer {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kPatience{2000};
constexpr milliseconds kNoPatience{0};

}  // namespace

Result<DatabaseAddress> primary_of(const Config& config) {
  if (!config.replica) return config.database;
  auto pair = read_pair(config.store);
  if (!pair) return pair.error();
  return pair->primary == 1 ? config.database : *config.replica;
}

Database::Database(const Config& config, const Pool::Check& check)
    : directory_(config.store), first_(config.database, config.connections, check) {
  if (config.replica) second_.emplace(*config.replica, config.connections, check);
}

Result<Pair> Database::pair() {
  if (!second_) return Pair{};
  std::scoped_lock lock(mutex_);
  auto now = steady_clock::now();
  if (now >= pair_until_) {
    pair_ = read_pair(directory_);
    pair_until_ = now + kPairGood;
  }
  return pair_;
}

Result<Database::Borrowed> Database::borrow(unsigned node, bool primary, milliseconds patience) {
  auto connection = (node == 1 ? first_ : *second_).borrow(patience);
  if (connection) (*connection)->role = {.node = node, .primary = primary};
  return connection;
}

Result<Database::Borrowed> Database::borrow() {
  auto agreed = pair();
  if (!agreed) return agreed.error();
  return borrow(agreed->primary, true, kPatience);
}

Result<Database::Borrowed> Database::borrow_replica() {
  auto agreed = pair();
  if (!agreed) return agreed.error();
  if (!second_ || !agreed->in_step) return Error{Errc::unavailable, "no replica is in step"};
  return borrow(agreed->replica(), false, kNoPatience);
}

Result<Database::Borrowed> Database::borrow_read() {
  auto primary = borrow();
  if (primary || !second_) return primary;
  for (int attempt = 1; attempt <= 2; attempt++) {
    auto replica = borrow_replica();
    if (!replica) return primary;
    // What was acknowledged has arrived at the replica, and now it must have been done there too.
    auto complete = apply_received(**replica);
    if (complete) return replica;
    // A connection may be older than the server; the next one is new, or there is none.
    if (!(*replica)->broken()) break;
  }
  return primary;
}

}  // namespace coffer
