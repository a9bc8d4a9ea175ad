#include "sql/batch.h"

namespace coffer {
namespace {

// A transaction that is not too long to retry, and locks that are not held too long.
constexpr std::size_t kMost = 32;

}  // namespace

Result<> Batch::run(const Work& work) {
  Item item{work};
  std::unique_lock lock(mutex_);
  waiting_.push_back(&item);
  while (!item.result) {
    if (busy_) {
      done_.wait(lock);
      continue;
    }
    busy_ = true;
    auto items = take();
    lock.unlock();
    commit(items);
    lock.lock();
    busy_ = false;
    done_.notify_all();
  }
  return *item.result;
}

std::vector<Batch::Item*> Batch::take() {
  std::vector<Item*> items;
  while (!waiting_.empty() && items.size() < kMost) {
    items.push_back(waiting_.front());
    waiting_.pop_front();
  }
  return items;
}

void Batch::commit(const std::vector<Item*>& items) {
  std::vector<Result<>> results(items.size());
  auto committed = transact(database_, [&](Transaction& tx) -> Result<> {
    Connection& connection = tx;
    for (std::size_t i = 0; i < items.size(); i++) {
      if (auto saved = connection.run_script("SAVEPOINT item"); !saved) return saved.error();
      results[i] = items[i]->work(tx);
      if (results[i]) continue;
      // After a deadlock there is nothing left to go back to: the whole batch runs again.
      if (connection.retriable()) return results[i].error();
      if (auto back = connection.run_script("ROLLBACK TO SAVEPOINT item"); !back)
        return back.error();
    }
    return {};
  });
  std::scoped_lock lock(mutex_);
  for (std::size_t i = 0; i < items.size(); i++)
    items[i]->result = committed ? results[i] : committed;
}

}  // namespace coffer
