#!/bin/bash
# A database that loses a connection, holds a lock or a commit, takes no more clients or stops
# answering costs the request that meets it: 503 in bounded time, nothing half done, and the same
# request again makes exactly one file, whether or not the first one was committed after all.
. "$(dirname "$0")/lib.sh"
user ann

# A session of our own beside the programs: `say SQL` returns when the last statement is done.
coproc SESSION { exec cgi-bin/tools/database sql "$var/db" coffer -N -n 2>&1; }
say() {
	local line
	echo "$* SELECT 'said';" >&"${SESSION[1]}"
	until read -r -t 30 line <&"${SESSION[0]}" && [ "$line" = said ]; do
		[ -n "$line" ] || fail "the database does not say anything to: $*"
	done
}
# The id of the connection that is at this statement.
at() {
	local id i
	for ((i = 0; i < 500; i++)); do
		id=$(sql "SELECT id FROM information_schema.processlist WHERE info LIKE '$1%' AND id <> CONNECTION_ID() LIMIT 1")
		[ -z "$id" ] || { echo "$id" && return; }
	done
	fail "nobody is at $1"
}
# put NAME: its $tmp/NAME; in the background, as it may have to wait, with its status to `answer`.
put() { api PUT "/file/upload?name=$1" -T "$tmp/$1" && echo "$status" >"$tmp/status"; }
start_put() {
	put "$1" &
	waiting=$!
}
answer() { wait $waiting && status=$(cat "$tmp/status"); }

# However the first try ended: the same again succeeds, at the latest when what was broken has been
# noticed, and it is one file with its own bytes, charged once, and nothing stays reserved.
one_file() {
	local i
	for ((i = 0; i < 100; i++)); do
		put "$1"
		[ "$status" = 503 ] || break
	done
	again=$status
	[[ $again = 20[01] ]] || fail "$what: $again when tried again"
	[ "$(sql "SELECT (SELECT COUNT(*) FROM entry WHERE name LIKE '$1%'), (SELECT COUNT(*) FROM version),
		(SELECT SUM(size) FROM entry) - used, reserved FROM user WHERE name = 'ann'")" = $'1\t0\t0\t0' ] ||
		fail "$what: not one file, or wrong counts"
	api GET "/file/download?path=/$1"
	cmp "$tmp/body" "$tmp/$1" || fail "$what: other bytes"
}
all_well() { "$coffer" fsck --read >"$tmp/fsck" || fail "$what: $(cat "$tmp/fsck")"; }
make() { head -c "$2" /dev/urandom >"$tmp/$1"; }

# The line breaks at every message of an upload, on the way there and on the way back. COMMIT is
# among them: then the client is told 503 of an upload that was committed, or of a reservation. Only
# where nothing had begun is it tried again on another line.
large=1100000
for call in sendto recvfrom; do
	for ((n = 1; ; n++)); do
		what="$call $n"
		name=$call.$n
		make $name $large
		trace "$(serving upload)" -e trace=$call -e inject=$call:error=ECONNRESET:when=$n
		put $name
		untrace
		grep -q INJECTED "$tmp/trace" || break
		[ "$status" = 503 ] || [ "$status" = 201 ] || fail "$what: $status"
		one_file $name
	done
	[ "$status" = 201 ] && [ $n -gt 10 ] || fail "$what: $status"
done
what='lines that broke'
all_well

# The server ends lines that nobody uses, as it does when it restarts: the next requests do not notice.
what='lines that were idle'
for round in 1 2; do
	ended=$(sql 'SELECT GROUP_CONCAT(CONCAT("KILL ", id) SEPARATOR ";") FROM information_schema.processlist WHERE user = "coffer"')
	[[ $ended = KILL* ]] || fail "$what: there are none"
	sql "$ended"
	api GET /
	expect_status 200
	make idle$round 4000
	put idle$round
	[ "$status" = 201 ] || fail "$what: $status"
done
all_well

# COMMIT is held in the server, as a backup does, and then the program is killed, or its connection.
for how in program connection; do
	what="the $how is killed at COMMIT"
	make $how 4000
	say 'BACKUP STAGE START; BACKUP STAGE BLOCK_COMMIT;'
	start_put $how
	id=$(at COMMIT)
	if [ $how = program ]; then kill -KILL "$(serving upload)"; else say "KILL $id;"; fi
	say 'BACKUP STAGE END;'
	answer
	[[ $status = 50[03] ]] || fail "$what: $status"
	one_file $how
	all_well
done

# A lock is held on what every upload of hers changes, for as long as an upload waits for one; and
# for longer: that is 503 in bounded time, and meanwhile others are answered in bounded time too.
what='a lock'
make lock 4000
say 'START TRANSACTION; SELECT id FROM user WHERE name = "ann" FOR UPDATE;'
start_put lock
at 'UPDATE user' >"$tmp/null"
say 'ROLLBACK;'
answer
[ "$status" = 201 ] || fail "$what that goes in time: $status"
say 'START TRANSACTION; SELECT id FROM user WHERE name = "ann" FOR UPDATE;'
make locked 4000
began=$SECONDS
put locked
[ "$status" = 503 ] || fail "$what that stays: $status"
expect_header Retry-After 2
[ $((SECONDS - began)) -le 10 ] || fail "$what: 503 took $((SECONDS - began)) s"
say 'ROLLBACK;'
[ "$(sql 'SELECT COUNT(*) FROM entry WHERE name = "locked"')" = 0 ] || fail "$what: half an upload"
one_file locked

# A deadlock: another session has the blob and wants the user, an upload of the same bytes the other
# way round. The upload has changed less and is the victim; it runs again.
what='a deadlock'
deadlocks() { sql 'SHOW GLOBAL STATUS LIKE "Innodb_deadlocks"' | cut -f2; }
before=$(deadlocks)
cp "$tmp/lock" "$tmp/deadlock"
sha=$(sha256sum <"$tmp/deadlock" | cut -d' ' -f1)
say "CREATE TABLE ballast (id INT PRIMARY KEY); START TRANSACTION;
	INSERT INTO ballast SELECT seq FROM seq_1_to_1000;
	SELECT COUNT(*) FROM \`blob\` WHERE sha256 = UNHEX('$sha') FOR UPDATE;"
start_put deadlock
at 'INSERT INTO `blob`' >"$tmp/null"
say 'SELECT id FROM user WHERE name = "ann" FOR UPDATE; COMMIT; DROP TABLE ballast;'
answer
[ "$status" = 201 ] || fail "$what: $status"
[ "$(deadlocks)" -gt "$before" ] || fail 'there was no deadlock'
one_file deadlock
all_well

# The database stops in the middle of an upload that has reserved quota: that comes back with the
# database, though the program lives on and the sweeper takes only what the dead have left.
what='a database that hangs'
database=$(cat "$var/db/db.pid")
make hang $large
mkfifo "$tmp/slow"
(
	exec >"$tmp/slow"
	head -c 1000 "$tmp/hang"
	until [ "$(find "$var/store/staging" -type f)" ]; do sleep 0.01; done
	kill -STOP "$database"
	tail -c +1001 "$tmp/hang"
) &
api PUT '/file/upload?name=hang' -H Transfer-Encoding: -H "Content-Length: $large" -T "$tmp/slow"
kill -CONT "$database"
[ "$status" = 503 ] || fail "$what: $status"
one_file hang

# Idle clients have taken every connection: a program that needs one says 503 at once, and is well
# again when they are gone.
what='no free connection'
make full 4000
idle=
say 'SET GLOBAL max_connections = 10;'
kill -KILL "$(serving upload)"
mkfifo "$tmp/never" && exec 6<>"$tmp/never"
while sql 'SELECT 1' >"$tmp/null" 2>&1; do
	setpriv --pdeathsig TERM cgi-bin/tools/database sql "$var/db" <&6 >"$tmp/null" 2>&1 &
	idle+=" $!"
	sleep 0.1
done
began=$SECONDS
put full
[ "$status" = 503 ] || fail "$what: $status"
[ $((SECONDS - began)) -le 2 ] || fail "$what: 503 took $((SECONDS - began)) s"
# shellcheck disable=SC2086
kill $idle 2>"$tmp/null"
one_file full
[ $((SECONDS - began)) -le 5 ] || fail "$what: well again after $((SECONDS - began)) s"
all_well
