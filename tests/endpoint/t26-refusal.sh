#!/bin/bash
# What the database refuses in the middle of an answer is an error, not an answer that ends there.
. "$(dirname "$0")/lib.sh"
user ann
for version in 1 2 3 4; do
	printf '%s' $version >"$tmp/f"
	api PUT '/file/upload?name=f' -T "$tmp/f"
done
id=$(json 'd["id"]')
api GET "/file/query?id=$id"
expect_status 200
[ "$(json 'len(d["versions"])')" = 3 ] || fail 'not three versions'

# Each row takes half of the time that a statement has: it ends between one row and the next.
sql 'RENAME TABLE version TO slow;
	CREATE VIEW version AS SELECT id, entry, sha256, size + SLEEP(1.6) AS size, modified FROM slow'
api GET "/file/query?id=$id"
expect_status 503
expect_header Retry-After 2
grep -q 'path=/file/query .*error="database error' "$var/log/keeper.log" || fail 'the log does not say why'
sql 'DROP VIEW version; RENAME TABLE slow TO version'
api GET "/file/query?id=$id"
expect_status 200
[ "$(json 'len(d["versions"])')" = 3 ] || fail 'not three versions again'
