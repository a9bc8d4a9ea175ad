#!/bin/sh
# mariadb: the programs build with MySQL's client library as well as with MariaDB's, so what only one
# of them has is in sql/mysql.h; and what only MariaDB's server knows is in sql/replication.
set -eu
cd "$(dirname "$0")/../../cgi-bin"
status=0
only() {
	found=$(grep -rnE --include='*.cc' --include='*.h' "$1" . | grep -vE "^\./lib/sql/$2") || return 0
	echo "mariadb: belongs into lib/sql/$2:" >&2
	echo "$found" >&2
	status=1
}
only '\b(mariadb_[a-z]+\(|MARIADB_[A-Z_]+|MYSQL_OPT_SSL|SSL_MODE|mysql_optionsv|mysql_[a-z_]+_(start|cont)\(|mysql_get_socket\(|my_bool)\b' 'mysql\.h'
only '(GTID_|gtid_|MASTER_[A-Z]|(START|STOP|RESET|SHOW) (SLAVE|MASTER)|rpl_semi_sync|sql_log_bin)' 'replication\.'
exit $status
