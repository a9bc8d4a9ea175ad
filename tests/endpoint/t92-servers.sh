#!/bin/bash
# Servers elsewhere, as conf/replica.md says it: the programs reach them by TLS and trust only their
# own authority, the accounts have the rights that stand there, and the classic way works, too.
export COFFER_REPLICA=1
. "$(dirname "$0")/lib.sh"
# The Nth piece of SQL in the document, with our own servers, secret and place in it.
document() {
	awk -v n="$1" '/^```/ { inside = /sql/; count += inside; next } inside && count == n' conf/replica.md |
		sed "s#'secret'#'s3cret'#; s#/etc/coffer/ca.pem#$var/tls/cert.pem#; s#db1.example.org#$host#; s#= 3306#= 7501#
			s#'bin.000001'#'${place%% *}'#; s#MASTER_LOG_POS = 4#MASTER_LOG_POS = ${place##* }#"
}
node() { cgi-bin/tools/database sql "$var/db${1#1}" -N "${@:2}"; }
await_well() {
	local i
	for ((i = 0; i < 150; i++)); do
		! "$coffer" replica status >"$tmp/status" 2>&1 || return 0
		sleep 0.1
	done
	fail "not well: $(cat "$tmp/status" && tail -n 5 "$var/log/watcher.log")"
}
place='bin.000001 4'
host=$(sed -n 's/^host = "\(.*\)".*the replica$/\1/p' "$var/coffer.conf")
user ann
await_well

# The programs and the watcher go over to TCP, and to accounts with the rights of the document.
document 1 | node 1 || fail "the programs' account"
document 2 | node 1 || fail "the administrator's account"
echo s3cret >"$var/secret"
sed -i '/^socket = /d; /^password_file = "db/s/"[^"]*"/"secret"/; s/^admin = .*/admin = "coffer_admin"\nadmin_password_file = "secret"/' "$var/coffer.conf"
signup closed
pkill -s "$(cat "$var/run/watcher.pid")" -x watcher
for ((i = 0; i < 200; i++)); do
	[ "$(node 1 -e 'SELECT COUNT(*) FROM information_schema.processlist WHERE user = "coffer_admin"')" = 0 ] || break
	sleep 0.05
done
api PUT '/file/upload?name=by-tls' -d by-tls
expect_status 201
await_well
[ "$(node 1 -e 'SELECT COUNT(*) FROM information_schema.processlist WHERE user = "coffer" AND host LIKE "127.%"')" -gt 0 ] ||
	fail 'nobody has come by TCP'
[ "$(node 1 -e 'SHOW STATUS LIKE "Ssl_accepts"' | cut -f2)" -gt 0 ] || fail 'nobody has come by TLS'

# Another's certificate, and none, are refused.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=mallory \
	-addext "subjectAltName=IP:$host" -keyout "$tmp/key" -out "$tmp/mallory.pem" 2>"$tmp/null"
cp "$var/coffer.conf" "$tmp/coffer.conf"
sed -i "s#^tls_ca = .*#tls_ca = \"$tmp/mallory.pem\"#" "$var/coffer.conf"
! "$coffer" user list >"$tmp/list" 2>&1 || fail 'a foreign authority is trusted'
grep -qi 'tls\|ssl\|certificate' "$tmp/list" || fail "$(cat "$tmp/list")"
sed -i '/^tls_ca/d' "$var/coffer.conf"
! "$coffer" user list >"$tmp/list" 2>&1 || fail 'a password would have been sent in the clear'
grep -q 'in the clear' "$tmp/list" || fail "$(cat "$tmp/list")"
cp "$tmp/coffer.conf" "$var/coffer.conf"

# To change places takes no more rights than those.
"$coffer" replica promote 2 >"$tmp/promote" 2>&1 || fail "$(cat "$tmp/promote")"
"$coffer" replica rejoin 1 >"$tmp/rejoin" 2>&1 || fail "$(cat "$tmp/rejoin")"
await_well
api PUT '/file/upload?name=on-two' -d on-two
expect_status 201
"$coffer" replica promote 1 >"$tmp/promote" 2>&1 || fail "$(cat "$tmp/promote")"
"$coffer" replica rejoin 2 >"$tmp/rejoin" 2>&1 || fail "$(cat "$tmp/rejoin")"
await_well

# The classic way: a place in the primary's log.
node 2 -e 'STOP SLAVE; RESET SLAVE ALL'
document 3 | sed 's/CREATE USER/CREATE OR REPLACE USER/' | node 1 >"$tmp/master" || fail 'the replication account'
[ "$(node 1 -e "SHOW GRANTS FOR 'replication'@'%'" | grep -c .)" = 1 ] || fail 'the replication account has more rights than one'
place=$(cut -f1,2 "$tmp/master" | tr '\t' ' ')
sum() { node "$1" -e 'CHECKSUM TABLE coffer.entry, coffer.user, coffer.event'; }
document 4 | node 2 >"$tmp/slave" || fail 'CHANGE MASTER'
api PUT '/file/upload?name=classic' -d classic
expect_status 201
for ((i = 0; i < 100; i++)); do [ "$(sum 1)" != "$(sum 2)" ] || break; sleep 0.1; done
[ "$(sum 1)" = "$(sum 2)" ] || fail "the classic replica does not follow: $(node 2 -E -e 'SHOW SLAVE STATUS')"
cgi-bin/tools/database sql "$var/db2" -E -e 'SHOW SLAVE STATUS' | grep -q 'Using_Gtid: No' || fail 'that was not the classic way'
echo s3cret >"$var/tls/password"
"$coffer" replica add >"$tmp/add" 2>&1 || fail "$(cat "$tmp/add")"
await_well
