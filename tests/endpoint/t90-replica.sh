#!/bin/bash
# A second database follows the first: whatever its lag, everybody sees their own changes at once;
# while it is stopped, cannot go on or is gone, nobody but the operator notices. While the primary is
# gone everything can be read, nothing written, and nobody comes in who was put out.
export COFFER_REPLICA=1
. "$(dirname "$0")/lib.sh"
pair() { python3 tests/endpoint/pair.py "$1" "$url" "$token" "${@:2}"; }
sql2() { cgi-bin/tools/database sql "$var/db2" -N -e "$1"; }
# Until the file of the pair says "$1".
await_step() {
	local i
	for ((i = 0; i < 1500; i++)); do
		! grep -qs "in_step $1" "$var/store/pair" || return 0
		sleep 0.01
	done
	fail "in_step is not $1: $(tail -n 5 "$var/log/watcher.log")"
}
# The nodes that answered listings since the last call: "1 40", "2 60".
nodes() {
	grep -h '^query ' "$var/log/keeper.log" | tail -n "+$((seen + 1))" | grep -o 'node=[12]' | sort | uniq -c
	seen=$(grep -c '^query ' "$var/log/keeper.log")
}
seen=0
user ann
await_step yes
changes=1000
[ -z "${BUILD##*asan*}" ] && changes=200

# The replica stops and goes on all the time: some of the changes it has in time, others not.
(while :; do
	sql2 'STOP SLAVE SQL_THREAD' && sleep 0.1 && sql2 'START SLAVE SQL_THREAD' && sleep 0.1
done) 2>"$tmp/null" &
lag=$!
pair own $changes || fail 'own changes are not seen'
kill $lag && wait $lag 2>"$tmp/null"
sql2 'START SLAVE SQL_THREAD' 2>"$tmp/null"
answered=$(nodes)
[[ $answered == *node=1*node=2* ]] || fail "not both have answered: $answered"

# Stopped, it is out of step and the operator hears of it; started, it comes back by itself.
sql2 'STOP SLAVE'
await_step no
await 'event=alarm in_step=no' "$var/log/watcher.log"
"$coffer" replica status >"$tmp/status" && fail "the status of a replica that is stopped: $(cat "$tmp/status")"
nodes >"$tmp/null"
pair own 20 || fail 'own changes are not seen without a replica'
[[ $(nodes) != *node=2* ]] || fail 'a replica that is out of step answers'
sql2 'START SLAVE'
await_step yes
"$coffer" replica status >"$tmp/status" || fail "status: $(cat "$tmp/status")"

# The primary stops to wait for the replica: that is noticed, and put right.
sql 'SET GLOBAL rpl_semi_sync_master_enabled = 0'
await 'event=out-of-step why="the primary does not wait' "$var/log/watcher.log"
await_step yes
[ "$(sql 'SELECT @@GLOBAL.rpl_semi_sync_master_enabled')" = 1 ] || fail 'the primary does not wait for the replica'

# It has a row of its own and cannot go on; without that row it can.
sql 'CREATE TABLE ballast (id INT PRIMARY KEY)'
sql2 'DO MASTER_GTID_WAIT("'"$(sql 'SELECT @@gtid_binlog_pos')"'", 10); SET sql_log_bin = 0; INSERT INTO coffer.ballast VALUES (7)'
sql 'INSERT INTO ballast VALUES (7)'
await 'why=.*[Dd]uplicate' "$var/log/watcher.log"
await_step no
pair own 20 || fail 'own changes are not seen beside a replica that has diverged'
sql2 'SET sql_log_bin = 0; DELETE FROM coffer.ballast; START SLAVE'
await_step yes

# It is killed, and comes back.
began=$SECONDS
kill -KILL "$(cat "$var/db2/db.pid")"
pair own 20 || fail 'own changes are not seen after the replica was killed'
await_step yes
[ $((SECONDS - began)) -le 12 ] || fail "the replica was away for $((SECONDS - began)) s"
"$coffer" replica add >"$tmp/add" || fail "add once more: $(cat "$tmp/add")"
await_step yes

# The primary's death. First a token is revoked; the replica is late by then.
revoked=$("$coffer" user token ann)
sql2 'STOP SLAVE SQL_THREAD'
id=$(sql 'SELECT MAX(id) FROM api_token')
api POST /user/account -d action=revoke -d "id=$id"
expect_status 200
api PUT '/file/upload?name=last' -d 'the last words'
expect_status 201
sql2 'START SLAVE SQL_THREAD'
kill -STOP "$(cat "$var/run/database.pid")"
pair reads 6 >"$tmp/reads" &
reads=$!
sleep 1
kill -KILL "$(cat "$var/db/db.pid")"
for i in 1 2 3; do
	began=$(date +%s%N)
	api PUT "/file/upload?name=x$i" -d x
	took=$((($(date +%s%N) - began) / 1000000))
	expect_status 503
	expect_header Retry-After 2
	[ $took -le 2000 ] || fail "503 after $took ms"
	api POST /file/update -d action=folder -d name=x
	expect_status 503
done
api GET '/file/download?path=/last'
expect_status 200
expect_header Coffer-Read-Only 1
expect_body 'the last words'
api GET / -H 'Accept: text/html'
expect_status 200
expect_body 'nothing can be changed right now'
kept=$token token=$revoked
api GET /file/query
expect_status 401
token=$kept
wait $reads || fail "reads without a primary: $(cat "$tmp/reads")"
cat "$tmp/reads"
grep -Eq ' [1-9][0-9]* marked' "$tmp/reads" || fail 'no read was marked'

# It comes back: everything does, within five seconds.
began=$(date +%s%N)
kill -CONT "$(cat "$var/run/database.pid")"
for ((i = 0; i < 200; i++)); do
	api PUT "/file/upload?name=again" -d again
	[ "$status" = 503 ] || break
	sleep 0.05
done
took=$((($(date +%s%N) - began) / 1000000))
expect_status 201
echo "a change was taken $took ms after the primary's return began"
[ $took -le 5000 ] || fail "well again after $took ms"
await_step yes
api GET / -H 'Accept: text/html'
! grep -q 'nothing can be changed' "$tmp/body" || fail 'still read-only'
"$coffer" fsck >"$tmp/fsck" || fail "$(cat "$tmp/fsck")"

# A replica that may lack something answers nothing in the primary's place, and is not promoted.
sql2 'STOP SLAVE'
await_step no
api PUT '/file/upload?name=alone' -d alone
expect_status 201
kill -STOP "$(cat "$var/run/database.pid")"
kill -KILL "$(cat "$var/db/db.pid")"
api GET '/file/query'
expect_status 503
! "$coffer" replica promote 2 >"$tmp/promote" 2>&1 || fail 'promoted, though it lacks something'
grep -q 'may lack' "$tmp/promote" || fail "promote: $(cat "$tmp/promote")"
kill -CONT "$(cat "$var/run/database.pid")"
