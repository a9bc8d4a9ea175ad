#!/bin/sh
# SQL is constants, beside the functions that run them, and nowhere else.
cd "$(dirname "$0")/../../cgi-bin" || exit 1
status=0
statement='"[^"]*\b(SELECT|INSERT|UPDATE|DELETE FROM|REPLACE INTO)\b [^"]*'
if grep -rnE "$statement" --include='*.cc' --include='*.h' . |
	grep -vE '^\./(lib/meta/|lib/sql/|tools/coffer-(fsck|migrate)\.cc)'; then
	echo "sql: SQL belongs into lib/meta" && status=1
fi
if grep -rnE "$statement\" *(\+|<<)|(\+|<<) *$statement" --include='*.cc' --include='*.h' .; then
	echo "sql: SQL is never put together from pieces" && status=1
fi
exit $status
