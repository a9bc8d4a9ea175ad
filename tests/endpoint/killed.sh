# What the tests share in which a program is killed as it enters a system call: lib.sh, and what is
# below. Their last line is `end_killing`.
#
# A call is found by its number: the program is killed at the first one, a new program at the
# second, and so on until one comes through. Where many are alike, as the writes of a large file,
# the steps grow; under sanitizers, which make each of them slow, they do so everywhere.
# shellcheck disable=SC2034

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
[[ $build == */asan ]] && few=1 || few=1000
hits=0
keepers=

# keep PROGRAM: gives it a keeper of its own, which takes over its address. Told to replace the
# program, that one starts one at once; after many deaths the first keeper would wait longer.
keep() {
	log=$var/log/$1.log
	setpriv --pdeathsig TERM "$build/cgi-bin/tools/keeper" "$var/run" "$build/cgi-bin/$1" 2>>"$log" &
	keeper=$!
	keepers+=" $!"
	await event=ready "$log"
	pid=$(born)
}

born() { sed -n 's/^keeper .* pid=\([0-9]*\) event=start$/\1/p' "$log" | tail -n 1; }

# What the program says from now on.
listen() {
	cat "$log" >>"$var/log/before.log"
	: >"$log"
}

# hit CALL N METHOD PATH ARG...: a request whose program is killed as it enters its N-th CALL, and
# started anew. Fails if it came through, as the line that it logs in the end says.
hit() {
	listen
	trace "$pid" -e trace="$1" -e inject="$1:signal=KILL:when=$2"
	api "${@:3}"
	while kill -0 "$pid" 2>"$tmp/null"; do
		if grep -q method= "$log"; then untrace; return 1; fi
		sleep 0.01
	done
	untrace
	hits=$((hits + 1))
	# One that is killed between its answer and its log line has said 2xx.
	[[ $status = [25]?? ]] || fail "$request, killed at $1 $2: $status"
	listen
	kill -HUP $keeper
	await event=ready "$log"
	pid=$(born)
}
# The number to try after N, where more than FEW calls are alike.
after() { echo $(($1 + 1 + ($1 > 3 ? $1 / $2 : 0))); }

# The sweeper finds what is left of the dead, and nothing else is wrong.
clean() {
	"$sweeper" 2>>"$var/log/sweeper.log" || fail "$request: the sweeper fails"
	"$coffer" fsck >"$tmp/fsck" || fail "$request: $(cat "$tmp/fsck")"
	[ -z "$(find "$var/store/staging" -type f)" ] || fail "$request: staging is left"
}

end_killing() {
	echo "$hits programs were killed"
	# shellcheck disable=SC2086
	kill $keepers && wait $keepers
}
