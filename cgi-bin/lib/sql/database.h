// Database: a bounded pool of connections to the primary, and transactions on them.
//
//   auto moved = transact(database, [&](Transaction& tx) -> Result<> { ... });
//
// A connection is borrowed while statements need it and never while a body streams.
// Functions that write take a Transaction&, those that read a Connection&, which a
// transaction also is.

#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <type_traits>
#include <vector>

#include "sql/connection.h"

namespace coffer {

class Database {
 public:
  /// A check that each new connection must pass before anybody gets it.
  using Check = std::function<Result<>(Connection&)>;

  Database(DatabaseAddress address, std::size_t limit, Check check = {})
      : address_(std::move(address)), limit_(limit), check_(std::move(check)) {}

  struct Return {
    Database* database;
    void operator()(Connection* connection) const { database->give_back(connection); }
  };
  using Borrowed = std::unique_ptr<Connection, Return>;

  /// A connection, given back when it goes out of scope. Errc::unavailable if none gets free
  /// within 2 s or the server does not answer; for half a second after that, at once.
  Result<Borrowed> borrow();

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

/// A connection on which START TRANSACTION has been said. Made by transact() and Batch only.
class Transaction {
 public:
  explicit Transaction(Connection& connection) : connection_(connection) {}

  operator Connection&() { return connection_; }
  Result<Changed> run(const char* sql, std::initializer_list<Value> values) {
    return connection_.run(sql, values);
  }
  Result<> query(const char* sql, std::initializer_list<Value> values, const EachRow& each) {
    return connection_.query(sql, values, each);
  }

 private:
  Connection& connection_;
};

/// How often a transaction is tried when the server says deadlock or lock wait.
inline constexpr int kTransactionTries = 3;

/// Runs `body` in a transaction and commits it, or rolls it back if it returns an error.
/// On a deadlock the whole of it runs again, so `body` must not depend on an earlier run.
template <class Body>
auto transact(Database& database, Body&& body) -> std::invoke_result_t<Body, Transaction&> {
  auto connection = database.borrow();
  if (!connection) return connection.error();
  for (int attempt = 1;; attempt++) {
    if (auto begun = (*connection)->begin(); !begun) return begun.error();
    Transaction tx(**connection);
    auto result = body(tx);
    auto ended = result ? (*connection)->commit() : (*connection)->roll_back();
    if ((*connection)->retriable() && attempt < kTransactionTries) continue;
    if (result && !ended) return ended.error();
    return result;
  }
}

}  // namespace coffer
