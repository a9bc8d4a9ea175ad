// The client library of MySQL or MariaDB, whichever is installed. Only lib/sql includes it.

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

}  // namespace coffer
