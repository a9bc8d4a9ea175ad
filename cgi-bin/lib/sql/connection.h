// Connection: one conversation with the database server.
//
//   constexpr char kFind[] = "SELECT id FROM user WHERE folded = ?";
//   auto found = db.query(kFind, {name}, [&](const Row& row) { id = row.id<UserId>(0); });
//
// Statements are constants, prepared once per connection and kept.

#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "base/config.h"
#include "base/result.h"
#include "sql/statement.h"

namespace coffer {

/// How long a statement may take: nothing waits without bound. A request is answered in seconds,
/// whatever the server does; who looks at or changes whole tables needs as long as they are.
inline constexpr std::chrono::seconds kRequestLimit{3};
inline constexpr std::chrono::seconds kTableLimit{12 * 3600};

class Connection {
 public:
  /// Connects within 1 s, and sets what every program relies on: strict SQL mode, READ
  /// COMMITTED, UTF-8, and limits on how long a statement or a lock may take.
  /// Errc::unavailable if nobody answers, or not who should.
  static Result<std::unique_ptr<Connection>> open(const DatabaseAddress& address,
                                                  std::chrono::seconds limit = kRequestLimit);

  /// Runs a statement that gives rows. `sql` must be a constant: its address is its name here.
  Result<> query(const char* sql, std::initializer_list<Value> values, const EachRow& each);

  /// Runs a statement that changes rows. Errc::conflict if a unique key is taken.
  Result<Changed> run(const char* sql, std::initializer_list<Value> values);

  /// START TRANSACTION, COMMIT or ROLLBACK.
  Result<> begin();
  Result<> commit() { return run_script("COMMIT"); }
  Result<> roll_back() { return run_script("ROLLBACK"); }

  /// Runs text that cannot be prepared, such as a migration's. Never with anything of a user's in.
  Result<> run_script(const std::string& sql);

  /// Whether the connection is of no more use.
  bool broken() const { return broken_; }

  /// Whether the server has ended it since the last statement, as one does that restarts. Asks the
  /// kernel and not the server.
  bool abandoned() const;

  /// Whether the server has given up on the transaction (deadlock, lock wait), so that
  /// all of it may be tried again. START TRANSACTION forgets it.
  bool retriable() const { return retriable_; }

  /// What the server is while the connection is lent: see Database.
  struct Role {
    unsigned node = 1;    // the server's number, as in coffer.conf
    bool primary = true;  // or it is the replica, which cannot be written to
  };
  Role role;

 private:
  struct Close {
    void operator()(MYSQL* server) const { mysql_close(server); }
  };

  Result<Statement*> run_prepared(const char* sql, std::initializer_list<Value> values,
                                  const EachRow& each);
  Error failed(unsigned number, const std::string& complaint);

  std::unique_ptr<MYSQL, Close> server_;
  std::map<const char*, Statement> statements_;
  bool broken_ = false;
  bool retriable_ = false;
};

}  // namespace coffer
