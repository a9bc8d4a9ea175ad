// Database: the server that is written to, the one that follows it if there are two, and
// transactions.
//
//   auto moved = transact(database, [&](Transaction& tx) -> Result<> { ... });
//
// A connection is borrowed while statements need it and never while a body streams.
// Functions that write take a Transaction&, those that read a Connection&, which a
// transaction also is.

#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <type_traits>

#include "sql/pair.h"
#include "sql/pool.h"

namespace coffer {

/// Where the primary is, for who opens a connection of their own.
Result<DatabaseAddress> primary_of(const Config& config);

class Database {
 public:
  using Borrowed = Pool::Borrowed;

  /// The servers of `config`, with connections that have passed `check`. Connects when needed.
  Database(const Config& config, const Pool::Check& check);

  /// A connection to the primary. Errc::unavailable within a second if it does not answer, and
  /// within two if every connection is in use.
  Result<Borrowed> borrow();

  /// For who only reads: the primary or, while that does not answer, the replica if it has all that
  /// was ever acknowledged.
  Result<Borrowed> borrow_read();

  /// The replica, at once and at whatever moment it has reached, or Errc::unavailable.
  Result<Borrowed> borrow_replica();

  bool has_replica() const { return second_.has_value(); }

 private:
  Result<Pair> pair();
  Result<Borrowed> borrow(unsigned node, bool primary, std::chrono::milliseconds patience);

  std::filesystem::path directory_;
  Pool first_;
  std::optional<Pool> second_;
  std::mutex mutex_;
  Result<Pair> pair_ = Pair{};
  std::chrono::steady_clock::time_point pair_until_{};
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
    auto begun = (*connection)->begin();
    // One that broke while nobody had it, with its server, costs nobody anything.
    if (!begun && (*connection)->broken() && attempt == 1) {
      connection->reset();
      connection = database.borrow();
      if (!connection) return connection.error();
      begun = (*connection)->begin();
    }
    if (!begun) return begun.error();
    Transaction tx(**connection);
    auto result = body(tx);
    auto ended = result ? (*connection)->commit() : (*connection)->roll_back();
    if ((*connection)->retriable() && attempt < kTransactionTries) continue;
    if (result && !ended) return ended.error();
    return result;
  }
}

}  // namespace coffer
