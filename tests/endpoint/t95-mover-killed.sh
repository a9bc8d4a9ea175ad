#!/bin/bash
# A mover that is killed, stopped or told to end anywhere, movers that meet, and users who change what
# is being moved: what was acknowledged is there at every moment, and the next runs leave nothing
# that is no copy.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/stores.sh"
user ann
store near
tier near 'keep_days = 0'
reload download upload
# LeakSanitizer does not work in a program that is traced.
[[ $build != */asan ]] || export ASAN_OPTIONS=detect_leaks=0
after() { echo $(($1 + 1 + ($1 > 3 ? $1 : 0))); }
# killed CALL N PROGRAM: it is killed as one of its threads enters its N-th CALL. Fails if it came through.
killed() {
	! strace -f -o "$tmp/trace" -e trace="$1" -e inject="$1:signal=KILL:when=$2" "$3" 2>>"$var/log/${3##*/}.log" || return 1
	grep -q 'killed by SIGKILL' "$tmp/trace" || fail "$what: it fails by itself"
	kills=$((kills + 1))
} 2>"$tmp/null"
# What the dead one held is anybody's at once, not only when its lease has run out.
heal() {
	sql 'UPDATE transfer SET until = 0'
	moves
	sweeps
	sweeps
	nothing_left near
}
want() {
	! here "$1" || fail "$what: $1 is still here"
	sql "INSERT INTO transfer (sha256, store, serial, until) VALUES (0x$(sha "$1"), 'local', 0, 0)"
}
kills=0

# Each time there is a file to copy in one piece and, where requests count, one in parts, some whose
# local copies are to go, and one that is wanted back.
round=0
for call in sendto openat unlink rename fsync; do
	[ $call = sendto ] && size=17000000 || size=5000
	for ((n = 1; ; n = $(after $n))); do
		what="a mover killed at $call $n"
		round=$((round + 1))
		new one$round 3000
		new two$round $size
		[ $round -le 2 ] || want one$((round - 2))
		came_through=
		killed $call $n "$mover" || came_through=1
		all_whole
		sane --read
		heal
		if [ $round -gt 2 ]; then
			remove one$((round - 2))
			remove two$((round - 2))
		fi
		[ -z "$came_through" ] || break
	done
	[ "$n" -gt 1 ] || fail "a mover makes no $call"
done

# So it is with a sweeper that removes what is no copy.
for ((n = 1; ; n = $(after $n))); do
	what="a sweeper killed at sendto $n"
	new torn$n 1000
	lie near PUT "$(sha torn$n)" '"status": 503'
	moves
	lie near HEAD "$(sha torn$n)" '"status": 503, "count": 0'
	remove torn$n
	truth near
	killed sendto "$n" "$sweeper" || break
	all_whole
	heal
done
heal
echo "$kills programs were killed"

# Movers that meet: no blob is sent twice.
for movers in 2 4; do
	what="$movers movers"
	for ((i = 0; i < 40; i++)); do head -c 2000 /dev/urandom >"$tmp/files/m$movers.$i"; done
	curl -sS -m 60 -o "$tmp/null" -H "Authorization: Bearer $token" $(printf -- "-F f=@$tmp/files/m$movers.%s " {0..39}) "$url/file/upload" ||
		fail "$what: no upload"
	before=$(asked near PUT)
	running=
	for ((i = 0; i < movers; i++)); do move & running+=" $!"; done
	for pid in $running; do wait "$pid" || fail "$what: one fails"; done
	[ $(($(asked near PUT) - before)) = 40 ] || fail "$what: $(($(asked near PUT) - before)) were sent"
	heal
done

begun() {
	local tries
	for ((tries = 500; tries > 0; tries--)); do
		[ "$(sql "SELECT COUNT(*) FROM transfer WHERE sha256 = 0x$(sha "$1") AND serial <> 0")" = 0 ] || return 0
	done
	fail "$what: no mover is at $1"
}
serial() { sql "SELECT serial FROM copy WHERE sha256 = 0x$(sha "$1") AND store = 'near'"; }

# One that sleeps through the end of its lease comes back too late.
what='a mover that was stopped'
new slept 4000
lie near PUT "$(sha slept)" '"delay": 1'
"$mover" 2>>"$var/log/mover.log" &
stopped=$!
begun slept
kill -STOP $stopped
sql 'UPDATE transfer SET until = 0'
moves
theirs=$(serial slept)
[ -n "$theirs" ] || fail "$what: another one cannot go on"
kill -CONT $stopped
wait $stopped || fail "$what: it fails"
[ "$(serial slept)" = "$theirs" ] || fail "$what: its copy has taken the place of the other's"
heal
whole slept

# One that is told to end does so soon, and holds nothing.
what='a mover that is told to end'
new ended 17000000
lie near PUT "$(sha ended)" '"delay": 1, "count": 0'
"$mover" 2>>"$var/log/mover.log" &
ending=$!
begun ended
began=$SECONDS
kill -TERM $ending
wait $ending
[ $((SECONDS - began)) -le 5 ] || fail "$what: after $((SECONDS - began)) s"
[ "$(sql 'SELECT COUNT(*) FROM transfer WHERE until > UNIX_TIMESTAMP(NOW(3)) * 1000')" = 0 ] || fail "$what: it holds a lease"
truth near
moves
there ended near || fail "$what: the next one does not go on"
heal

# What a dead one was at, and nobody wants any more, does not stay.
what='a copy that was begun and is wanted no longer'
new begun 17000000
lie near PUT "$(sha begun)" '"delay": 1, "count": 0'
"$mover" 2>>"$var/log/mover.log" &
dying=$!
begun begun
until [ "$(curl -sS "${endpoint[near]}/_uploads")" != '[]' ]; do kill -0 $dying || fail "$what: it begins nothing"; done
kill -KILL $dying
wait $dying 2>"$tmp/null"
truth near
tier near 'largest = 16000000'
sql 'UPDATE transfer SET until = 0'
sweeps
sweeps
[ "$(sql 'SELECT (SELECT COUNT(*) FROM transfer), (SELECT COUNT(*) FROM remnant)')" = $'0\t0' ] || fail "$what: a transfer is left"
[ "$(curl -sS "${endpoint[near]}/_uploads")" = '[]' ] || fail "$what: the upload is left"
tier near 'keep_days = 0'
heal

# What is deleted while it is copied is gone everywhere.
what='a file that is deleted while it is copied'
new gone 4000
name=$(sha gone)
lie near PUT "$name" '"delay": 1'
"$mover" 2>>"$var/log/mover.log" &
moving=$!
begun gone
remove gone
sweeps
wait $moving || fail "$what: the mover fails"
heal
api GET /file/download?path=/gone
expect_status 404
[ ! -e "$var/store/blob/${name:0:2}/$name" ] || fail "$what: its bytes are here"
[ "$(say near _objects "sum('$name' in k for k in d)")" = 0 ] || fail "$what: its bytes are there"

# The same bytes, uploaded when they are about to go, stay.
for as in same other; do
	what="bytes that come again as the $as file"
	new same 4000
	moves
	[ "$(sql "SELECT leaving IS NOT NULL FROM copy WHERE sha256 = 0x$(sha same) AND store = 'local'")" = 1 ] || fail "$what: they do not leave"
	cp "$tmp/files/same" "$tmp/files/other"
	put $as
	moves
	here same || fail "$what: they have gone"
	put other
done

# A mover that dies while it brings bytes back, which then come by themselves: nothing waits for ever.
what='bytes that come back twice'
moves
moves
! here same || fail "$what: they are here"
want same
sql "UPDATE transfer SET serial = 77 WHERE sha256 = 0x$(sha same) AND store = 'local'"
put same
heal
[ "$(sql 'SELECT COUNT(*) FROM transfer')" = 0 ] || fail "$what: somebody still waits for them"

# Whoever reads what leaves, comes again and leaves notices nothing.
what='a file that is read while it leaves'
tier near 'keep_days = 0'
sed -i 's/^linger.*/linger_seconds = 1/' "$var/tier.toml" && configure
reload download
: >"$tmp/reading"
(
	while [ -e "$tmp/reading" ]; do
		for name in same slept m4.1; do
			curl -sSf -m 30 -o "$tmp/read" -H "Authorization: Bearer $token" "$url/file/download?path=/$name" &&
				cmp "$tmp/read" "$tmp/files/$name" || exit 1
		done
	done
) >"$tmp/reader" 2>&1 &
reader=$!
evicted=0
for ((i = 0; i < 60 && evicted < 6; i++)); do
	for name in same slept m4.1; do
		! here $name || continue
		evicted=$((evicted + 1))
		put $name
	done
	moves
done
rm "$tmp/reading"
wait $reader || fail "$what: $(cat "$tmp/reader")"
[ $evicted -ge 6 ] || fail "$what: only $evicted have left"
all_whole
sane --read
heal
