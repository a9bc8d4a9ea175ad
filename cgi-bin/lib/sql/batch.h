// Batch: many small transactions committed together.
//
// A commit is an fsync or two, and rows that everybody changes, such as a user's used
// bytes, stay locked through it. So whoever comes while a commit is under way waits, and
// the first of them then runs the work of all in one transaction. Nobody waits for company:
// alone, a piece of work is a transaction of its own.

#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "sql/database.h"

namespace coffer {

class Batch {
 public:
  using Work = std::function<Result<>(Transaction&)>;

  explicit Batch(Database& database) : database_(database) {}

  /// Runs `work` in a transaction and returns once that is committed, or rolled back because
  /// `work` returned an error, which is then the result. The work of others in the same
  /// transaction is not touched by that; a lock that nobody gets in time, or a lost connection,
  /// fails them all. `work` may be run more than once.
  Result<> run(const Work& work);

 private:
  struct Item {
    const Work& work;
    std::optional<Result<>> result{};
  };

  std::vector<Item*> take();
  void commit(const std::vector<Item*>& items);
  Result<> run_all(const std::vector<Item*>& items, std::vector<Result<>>& results, bool apart);

  Database& database_;
  std::mutex mutex_;
  std::condition_variable done_;
  std::deque<Item*> waiting_;
  bool busy_ = false;
};

}  // namespace coffer
