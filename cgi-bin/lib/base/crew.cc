#include "base/crew.h"

#include <utility>

namespace coffer {

Crew::Crew(unsigned threads) {
  for (unsigned i = 0; i < threads; i++) threads_.emplace_back([this] { run(); });
}

Crew::~Crew() {
  {
    std::scoped_lock lock(mutex_);
    closed_ = true;
  }
  wanted_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void Crew::add(Work work) {
  std::unique_lock lock(mutex_);
  taken_.wait(lock, [&] { return !next_; });
  next_ = std::move(work);
  wanted_.notify_one();
}

void Crew::finish() {
  std::unique_lock lock(mutex_);
  taken_.wait(lock, [&] { return !next_ && busy_ == 0; });
}

void Crew::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wanted_.wait(lock, [&] { return next_ || closed_; });
    if (!next_) return;
    auto work = std::move(*std::exchange(next_, std::nullopt));
    busy_++;
    taken_.notify_all();
    lock.unlock();
    work();
    lock.lock();
    busy_--;
    taken_.notify_all();
  }
}

}  // namespace coffer
