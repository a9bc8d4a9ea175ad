#include "sql/connection.h"

#include <poll.h>

#include <mutex>

namespace coffer {
namespace {

constexpr unsigned kConnectSeconds = 1;

constexpr char kSettings[] =
    "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,"
    "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', innodb_lock_wait_timeout = 2";
constexpr char kIsolation[] = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED";

const char* or_null(const std::string& text) { return text.empty() ? nullptr : text.c_str(); }

}  // namespace

Result<std::unique_ptr<Connection>> Connection::open(const DatabaseAddress& address,
                                                     std::chrono::seconds limit) {
  // The library's own start-up is not safe for two threads at once.
  static std::once_flag once;
  std::call_once(once, [] { mysql_library_init(0, nullptr, nullptr); });

  auto connection = std::make_unique<Connection>();
  connection->server_.reset(mysql_init(nullptr));
  MYSQL* server = connection->server_.get();
  if (!server) return Error{Errc::internal, "out of memory"};
  // The server gives up on a statement a little before we do, so that it does not run on for
  // nobody.
  auto silence = static_cast<unsigned>(limit.count()) + 1;
  mysql_options(server, MYSQL_OPT_CONNECT_TIMEOUT, &kConnectSeconds);
  mysql_options(server, MYSQL_OPT_READ_TIMEOUT, &silence);
  mysql_options(server, MYSQL_OPT_WRITE_TIMEOUT, &silence);
  mysql_options(server, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  bool local = !address.socket.empty();
  if (!local && address.tls_ca.empty())
    return Error{Errc::unavailable,
                 "a password does not travel in the clear: set tls_ca for '" + address.host + "'"};
  if (!local) require_tls(server, address.tls_ca.c_str());
  if (!mysql_real_connect(server, local ? nullptr : address.host.c_str(), or_null(address.user),
                          or_null(address.password), or_null(address.name), address.port,
                          or_null(address.socket), CLIENT_FOUND_ROWS))
    return connection->failed(mysql_errno(server), mysql_error(server));
  for (auto settings : {kSettings, kIsolation})
    if (auto set = connection->run_script(settings); !set) return set.error();
  if (auto set = connection->run(kSetLimit, {limit.count(), limit.count()}); !set)
    return set.error();
  return connection;
}

// Of itself a server says nothing but that it goes.
bool Connection::abandoned() const {
  pollfd line{socket_of(server_.get()), POLLIN | POLLRDHUP, 0};
  return ::poll(&line, 1, 0) != 0;
}

Result<> Connection::query(const char* sql, std::initializer_list<Value> values,
                           const EachRow& each) {
  auto statement = run_prepared(sql, values, each);
  if (!statement) return statement.error();
  return {};
}

Result<Changed> Connection::run(const char* sql, std::initializer_list<Value> values) {
  auto statement = run_prepared(sql, values, {});
  if (!statement) return statement.error();
  return (*statement)->changed();
}

Result<> Connection::begin() {
  retriable_ = false;
  return run_script("START TRANSACTION");
}

Result<> Connection::run_script(const std::string& sql) {
  if (mysql_real_query(server_.get(), sql.data(), sql.size()) != 0)
    return failed(mysql_errno(server_.get()), mysql_error(server_.get()));
  return {};
}

Result<Statement*> Connection::run_prepared(const char* sql, std::initializer_list<Value> values,
                                            const EachRow& each) {
  auto [found, added] = statements_.try_emplace(sql);
  Statement& statement = found->second;
  unsigned number = added ? Statement::prepare(server_.get(), sql, statement) : 0;
  if (number == 0) number = statement.execute(values, each);
  if (number == 0) return &statement;
  auto error = failed(number, statement.complaint());
  if (added) statements_.erase(found);
  return error;
}

Error Connection::failed(unsigned number, const std::string& complaint) {
  std::string message = "database error " + std::to_string(number) + ": " + complaint;
  switch (number) {
    case ER_DUP_ENTRY:
      return {Errc::conflict, "that name is taken"};
    case ER_LOCK_DEADLOCK:
    case ER_LOCK_WAIT_TIMEOUT:
      retriable_ = true;
      return {Errc::unavailable, message};
    case kStatementTimeout:
    case ER_OPTION_PREVENTS_STATEMENT:  // read_only: a replica, or a primary stepping down
      return {Errc::unavailable, message};
    case ER_CON_COUNT_ERROR:
    case ER_SERVER_SHUTDOWN:
    case kConnectionKilled:
      broken_ = true;
      return {Errc::unavailable, message};
    default:
      // The library's own numbers, from 2000 on, are about the line to the server.
      bool line = number >= CR_MIN_ERROR && number < 3000;
      broken_ = broken_ || line;
      return {line ? Errc::unavailable : Errc::internal, message};
  }
}

}  // namespace coffer
