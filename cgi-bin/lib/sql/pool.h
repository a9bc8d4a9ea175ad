// Pool: a bounded number of connections to one server, lent while statements need them.

#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "sql/connection.h"

namespace coffer {

class Pool {
 public:
  /// A check that each new connection must pass before anybody gets it.
  using Check = std::function<Result<>(Connection&)>;

  Pool(DatabaseAddress address, std::size_t limit, Check check)
      : address_(std::move(address)), limit_(limit), check_(std::move(check)) {}

  struct Return {
    Pool* pool;
    void operator()(Connection* connection) const { pool->give_back(connection); }
  };
  using Borrowed = std::unique_ptr<Connection, Return>;

  /// A connection, given back when it goes out of scope. Errc::unavailable if none gets free within
  /// `patience` or the server does not answer; for half a second after that, at once.
  Result<Borrowed> borrow(std::chrono::milliseconds patience);

 private:
  void give_back(Connection* connection);
  Result<Borrowed> connect();

  DatabaseAddress address_;
  std::size_t limit_;
  Check check_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<Connection>> idle_;
  std::size_t open_ = 0;
  std::chrono::steady_clock::time_point retry_at_{};
};

}  // namespace coffer
