#!/bin/bash
# A sweeper that removes bytes, and an upload that brings the same ones at that very moment: whichever
# of them is held, and wherever, the upload is acknowledged only if its bytes stay. A sweeper that is
# killed or stopped anywhere loses nothing, and the next one goes on.
. "$(dirname "$0")/lib.sh"
user ann
sed -i 's/^# grace_hours = .*/grace_hours = 0/' "$var/coffer.conf"
held=100000  # microseconds

# The number after N of the calls of one kind. Of a sweeper's many words with the database, half of
# which only prepare others, not every one is taken, and under sanitizers few.
[[ $build == */asan ]] && few=2 || few=4
after() { echo $(($1 + 1 + $1 / few)); }
# LeakSanitizer does not work in a program that is traced.
[[ $build != */asan ]] || export ASAN_OPTIONS=detect_leaks=0

sweep() { "$sweeper" 2>>"$var/log/sweeper.log" || fail "$what: the sweeper fails"; }
traced_sweep() {
	strace -f -o "$tmp/trace" -e trace="$1" -e inject="$1:$2:when=$3" "$sweeper" 2>>"$var/log/sweeper.log"
}
put() {
	api PUT "/file/upload?name=$1" -T "$tmp/bytes"
	[ "$status" != 201 ] || id=$(json 'd["id"]')
}
remove() {
	api POST /file/delete -d id="$id" -d forever=1
	expect_status 200
}
# The same bytes were there, and nobody refers to them any more.
unreferenced() {
	printf 'bytes that come and go' >"$tmp/bytes"
	put gone
	expect_status 201
	remove
}
is_there() {
	api GET "/file/download?path=/$1"
	cmp "$tmp/body" "$tmp/bytes" || fail "$what: $1 was acknowledged and is lost ($status)"
}
all_well() { "$coffer" fsck --read >"$tmp/fsck" || fail "$what: $(cat "$tmp/fsck")"; }
still() { kill -0 "$1" 2>"$tmp/null"; }

printf kept >"$tmp/bytes"
put kept
expect_status 201
cp "$tmp/bytes" "$tmp/kept"

# Killed at each of its steps (D3 to D6). There is also what a killed program has left in staging.
for call in sendto unlink unlinkat fsync; do
	for ((n = 1; ; n = $(after $n))); do
		what="a sweeper killed at $call $n"
		unreferenced
		mkdir -p "$var/store/staging/dead" && : >"$var/store/staging/dead/upload"
		{ ! traced_sweep $call signal=KILL "$n"; } 2>"$tmp/null" || break
		grep -q 'killed by SIGKILL' "$tmp/trace" || fail "$what: it failed by itself"
		all_well
		# Its bytes are doomed, still there or not: an upload is put off until the next sweeper is done.
		if grep -q 'unlink.*/blob/' "$tmp/trace"; then
			put early
			put_off=$status
			[ "$status" = 503 ] || fail "$what: $status before the next one"
		fi
		sweep
		[ "$(find "$var/store/blob" -type f | wc -l)" = 1 ] || fail "$what: bytes are left by the next one"
		[ ! -e "$var/store/staging/dead" ] || fail "$what: staging is left by the next one"
		put again
		expect_status 201
		is_there again
		remove
	done
	[ "$n" -gt 1 ] || fail "a sweeper makes no $call"
done
[ "${put_off:-}" = 503 ] || fail 'no sweeper was killed at the removal itself'

# Held at each of its steps, while uploads of the same bytes come and go. Every other time nobody
# has referred to the bytes yet: they are those of an upload that was killed before its COMMIT.
for call in unlink fsync sendto; do
	for ((n = 1; ; n = $(after $n))); do
		what="a sweeper held at $call $n"
		unreferenced
		traced_sweep $call delay_enter=$held "$n" &
		held_one=$!
		for ((i = 1; ; i++)); do
			put held$i
			expect_status 201
			is_there held$i
			still $held_one || break
			remove
		done
		wait $held_one || fail "$what: it fails"
		is_there held$i
		all_well
		remove
		grep -q DELAYED "$tmp/trace" || break
	done
done

# An upload that is held at each of its steps, while sweepers come and go. The bytes are known to a
# row that nobody refers to, or to none.
for call in linkat fsync sendto unlink; do
	for ((n = 1; ; n = $(after $n))); do
		what="an upload held at $call $n"
		if ((n % 2)); then unreferenced; else printf 'new bytes of %s' "$what" >"$tmp/bytes"; fi
		trace "$(serving upload)" -e trace=$call -e inject=$call:delay_enter=$held:when="$n"
		put held &
		held_one=$!
		while still $held_one; do sweep; done
		wait $held_one
		untrace
		is_there held
		sweep
		is_there held
		all_well
		grep -q DELAYED "$tmp/trace" || break
		api GET '/file/query?id=/held'
		id=$(json 'd["id"]') && remove
	done
done

# Of two sweepers the second leaves, also when the first is stopped in the middle of a removal; until
# that one goes on, an upload of the bytes in question is told to come back.
what='a sweeper that is stopped'
unreferenced
traced_sweep unlink signal=STOP 1 &
stopped=$!
await 'stopped by SIGSTOP' "$tmp/trace"
"$sweeper" 2>"$tmp/second" || fail "$what: the second one fails"
grep -q event=busy "$tmp/second" || fail "$what: the second one goes on: $(cat "$tmp/second")"
began=$SECONDS
put early
[ "$status" = 503 ] || fail "$what: an upload gets $status"
[ $((SECONDS - began)) -le 4 ] || fail "$what: 503 took $((SECONDS - began)) s"
kill -CONT "$(sed -n 's/ .*stopped by SIGSTOP.*//p' "$tmp/trace")"
wait $stopped || fail "$what: it fails"
put late
expect_status 201
is_there late
sweep
is_there late

cp "$tmp/kept" "$tmp/bytes"
is_there kept
all_well
