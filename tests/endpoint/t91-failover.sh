#!/bin/bash
# Eight clients change and read while either database is killed at random, and then, round after
# round, the primary is killed, the replica promoted and the old primary brought back as a replica.
# Everything that was acknowledged is there afterwards, bit-exact, and no read has failed in between.
export COFFER_REPLICA=1
. "$(dirname "$0")/lib.sh"
pair() { python3 tests/endpoint/pair.py "$1" "$url" "$token" "${@:2}"; }
primary() { sed -n 's/^primary //p' "$var/store/pair"; }
directory() { [ "$1" = 1 ] && echo "$var/db" || echo "$var/db2"; }
await_well() {
	local i
	for ((i = 0; i < 150; i++)); do
		! "$coffer" replica status >"$tmp/status" || return 0
		sleep 0.1
	done
	fail "$what: not well again: $(cat "$tmp/status")"
}
# Who starts it again when it ends.
supervisor() { cat "$var/run/database${1#1}.pid"; }
kill_node() { kill -KILL "$(cat "$(directory "$1")/db.pid")"; }
# What clients have met, and what the log has on the requests in question.
said() {
	cat "$1"
	grep -o '"request":"[0-9a-f]*' "$1" | cut -d'"' -f4 | grep -F -f - "$var/log/keeper.log"
}

rounds=10
[ -z "${BUILD##*asan*}" ] && rounds=3
what='at the start'
user ann
api PUT '/file/upload?name=aa' -d aa
await_well
python3 tests/endpoint/pair.py load "$url" "$token" "$tmp/known" >"$tmp/load" 2>&1 &
load=$!
slowest=0
for ((round = 1; round <= rounds; round++)); do
	what="round $round, a node killed"
	victim=$((RANDOM % 2 + 1))
	sleep 0.$((RANDOM % 10))
	kill_node $victim
	await_well

	old=$(primary) new=$((3 - $(primary)))
	what="round $round, node $old killed and node $new promoted"
	pair reads 3 >"$tmp/reads" 2>&1 &
	reads=$!
	sleep 0.$((RANDOM % 10))
	kill -STOP "$(supervisor "$old")"
	kill_node "$old"
	sleep 0.$((RANDOM % 10))
	began=$(date +%s%N)
	"$coffer" replica promote $new >"$tmp/promote" 2>&1 || fail "$what: $(cat "$tmp/promote")"
	for ((i = 0; i < 100; i++)); do
		api PUT "/file/upload?name=first-$round" -d "first-$round"
		[ "$status" = 503 ] || break
	done
	took=$((($(date +%s%N) - began) / 1000000))
	expect_status 201
	[ $took -le $slowest ] || slowest=$took
	"$coffer" replica promote $new >"$tmp/promote" 2>&1 || fail "$what, once more: $(cat "$tmp/promote")"

	what="round $round, node $old comes back"
	kill -CONT "$(supervisor "$old")"
	until cgi-bin/tools/database status "$(directory "$old")" >"$tmp/null" 2>&1; do sleep 0.05; done
	[ "$(cgi-bin/tools/database sql "$(directory "$old")" -N -e 'SELECT @@read_only')" = 1 ] || fail "$what: it is not fenced"
	"$coffer" replica rejoin "$old" >"$tmp/rejoin" 2>&1 || fail "$what: $(cat "$tmp/rejoin")"
	cat "$tmp/rejoin" >>"$tmp/rejoins"
	await_well
	"$coffer" replica rejoin "$old" >"$tmp/rejoin" 2>&1 || fail "$what, once more: $(cat "$tmp/rejoin")"
	await_well
	wait $reads || fail "$what: $(said "$tmp/reads")"
	kill -0 $load || fail "$what: the clients have ended: $(said "$tmp/load")"
done
kill $load && wait $load
pair check "$tmp/known" >"$tmp/check" 2>&1 || fail "$(said "$tmp/check")"
cat "$tmp/check"
echo "$rounds promotions, the slowest $slowest ms until a change was taken, $(grep -c discarded "$tmp/rejoins") tails discarded"
for tail in "$var"/store/discarded-*; do
	[ ! -e "$tail" ] || grep -q '^### INSERT INTO `coffer`' "$tail" || fail "nothing in $tail"
done
"$coffer" fsck --read >"$tmp/fsck" || fail "$(cat "$tmp/fsck")"

# A change of places that is planned: neither is gone, and nothing is discarded.
old=$(primary) new=$((3 - $(primary)))
"$coffer" replica promote $new >"$tmp/promote" 2>&1 || fail "planned: $(cat "$tmp/promote")"
"$coffer" replica rejoin "$old" >"$tmp/rejoin" 2>&1 || fail "planned: $(cat "$tmp/rejoin")"
! grep -q discarded "$tmp/rejoin" || fail "planned: $(cat "$tmp/rejoin")"
await_well
api PUT '/file/upload?name=planned' -d planned
expect_status 201

# The tables of both are the same.
sums() { cgi-bin/tools/database sql "$(directory "$1")" coffer -N -e 'CHECKSUM TABLE user, entry, version, `blob`, copy, event, upload'; }
sleep 0.5
[ "$(sums 1)" = "$(sums 2)" ] || fail "the two differ: $(sums 1) $(sums 2)"
