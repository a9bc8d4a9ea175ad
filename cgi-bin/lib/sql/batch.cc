#include "sql/batch.h"

#include <algorithm>

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

Result<> Batch::run_all(const std::vector<Item*>& items, std::vector<Result<>>& results,
                        bool apart) {
  return transact(database_, [&](Transaction& tx) -> Result<> {
    Connection& connection = tx;
    for (std::size_t i = 0; i < items.size(); i++) {
      if (apart)
        if (auto saved = connection.run_script("SAVEPOINT item"); !saved) return saved;
      results[i] = items[i]->work(tx);
      if (results[i]) continue;
      // After a deadlock there is nothing left to go back to: the whole batch runs again.
      if (!apart || connection.retriable()) return results[i];
      if (auto back = connection.run_script("ROLLBACK TO SAVEPOINT item"); !back) return back;
    }
    return {};
  });
}

// Work seldom fails, and a savepoint costs a round trip to the server: only when a piece of it has
// failed in company are all run again, each behind a savepoint of its own.
void Batch::commit(const std::vector<Item*>& items) {
  std::vector<Result<>> results(items.size());
  auto committed = run_all(items, results, false);
  bool refused = std::ranges::any_of(results, [](const Result<>& result) { return !result; });
  if (refused && items.size() > 1) committed = run_all(items, results, true);
  std::scoped_lock lock(mutex_);
  for (std::size_t i = 0; i < items.size(); i++)
    items[i]->result = committed ? results[i] : committed;
}

}  // namespace coffer
