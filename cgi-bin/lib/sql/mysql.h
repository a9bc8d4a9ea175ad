// The client library of MySQL or MariaDB, whichever is installed, and all in which they differ.
// Only lib/sql includes it.

#pragma once

#include <errmsg.h>
#include <mysql.h>
#include <mysqld_error.h>

#include <type_traits>

namespace coffer {

// bool in MySQL 8, my_bool (char) in MariaDB and MySQL 5.7.
using mysql_bool = std::remove_pointer_t<decltype(MYSQL_BIND::is_null)>;

// A statement that ran into its time limit.
#ifdef ER_STATEMENT_TIMEOUT
inline constexpr unsigned kStatementTimeout = ER_STATEMENT_TIMEOUT;
#else
inline constexpr unsigned kStatementTimeout = ER_QUERY_TIMEOUT;
#endif

// A connection that an administrator has ended; from MySQL it is just lost.
#ifdef ER_CONNECTION_KILLED
inline constexpr unsigned kConnectionKilled = ER_CONNECTION_KILLED;
#else
inline constexpr unsigned kConnectionKilled = CR_SERVER_LOST;
#endif

// How long a statement may take, and the wait for a table that another is changing.
#ifdef MARIADB_VERSION_ID
// Our statements name their index where there is a choice, so looking for statistics is a tenth of
// a point select's time for nothing.
inline constexpr char kSetLimit[] =
    "SET SESSION max_statement_time = ?, lock_wait_timeout = ?, use_stat_tables = 'never'";
#else
inline constexpr char kSetLimit[] =
    "SET SESSION max_execution_time = 1000 * ?, lock_wait_timeout = ?";
#endif

/// The descriptor behind a connection.
inline int socket_of(MYSQL* server) {
#ifdef MARIADB_VERSION_ID
  return mysql_get_socket(server);
#else
  return server->net.fd;
#endif
}

/// No connection but one whose certificate the authority in the file `ca` has signed for the host.
inline void require_tls(MYSQL* server, const char* ca) {
  mysql_options(server, MYSQL_OPT_SSL_CA, ca);
#ifdef MARIADB_VERSION_ID
  mysql_bool yes = 1;
  mysql_options(server, MYSQL_OPT_SSL_ENFORCE, &yes);
  mysql_options(server, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &yes);
#else
  unsigned mode = SSL_MODE_VERIFY_IDENTITY;
  mysql_options(server, MYSQL_OPT_SSL_MODE, &mode);
#endif
}

}  // namespace coffer
