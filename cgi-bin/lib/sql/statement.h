// Statement: one prepared statement with its buffers, kept by its connection for reuse.

#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <vector>

#include "base/result.h"
#include "sql/mysql.h"
#include "sql/value.h"

namespace coffer {

/// Hands on one row at a time.
using EachRow = std::function<void(const Row&)>;

/// What a statement without rows did: how many rows it changed, and the id it made.
struct Changed {
  std::uint64_t rows = 0;
  std::uint64_t id = 0;
};

/// `otherwise`, unless the statement has changed one row.
Result<> expect_one(const Result<Changed>& changed, const Error& otherwise);

class Statement {
 public:
  /// Prepares `sql`; the error is the server's number, 0 for none.
  static unsigned prepare(MYSQL* server, std::string_view sql, Statement& out);

  /// Runs it, and fetches every row if it has any. The error as above.
  unsigned execute(std::initializer_list<Value> values, const EachRow& each);

  Changed changed() const;

  /// The server's words for the last error, for the log.
  std::string complaint() const;

 private:
  struct Close {
    void operator()(MYSQL_STMT* statement) const { mysql_stmt_close(statement); }
  };

  void bind_columns();
  unsigned fetch(const EachRow& each);
  unsigned error() const;

  MYSQL* server_ = nullptr;
  std::unique_ptr<MYSQL_STMT, Close> statement_;
  std::vector<MYSQL_BIND> results_;
  std::vector<Row::Column> columns_;
  std::vector<unsigned long> lengths_;
  std::unique_ptr<mysql_bool[]> nulls_;
};

}  // namespace coffer
