# Sourced by every tests/endpoint/t*.sh: a Coffer of its own, on a free port, gone afterwards. A test
# that needs none sets without_house=1 before.
#
#   user ann 1000            an account with that quota (or the default), and $token for it
#   api PUT /path -T file    a request with $token: $status, $tmp/headers and $tmp/body
#   expect_status 201        fails unless that was it
#   expect_body REGEX        … unless the body matches;  expect_header NAME REGEX  a header
#   json 'd["id"]'           a Python expression over the body
#   sql 'SELECT ...'         asks the database itself
#   fail 'why'               ends the test
#   serving upload           the process id of that program
#   reload upload download   new programs in place of all; returns when those named have left and every
#                            new one is ready
#   setting upload instant off instant   a line of coffer.conf: section, key, value; from now on, for
#                            that program
#   signup open              who may make an account from now on: closed, invited or open
#   await REGEX FILE         waits until a line of the file matches
#   trace PID ARG...         strace with these arguments on a process that runs, until `untrace`;
#                            the log is $tmp/trace
#
# $url is the server, $var its data, $tmp a folder for the test; $coffer and $sweeper are programs.
# BUILD says where they were built: build, build/asan or build/tsan. A test passes if its last
# command does and no sanitizer has complained; if not, the ends of all logs are printed.

set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
build=$(cd "${BUILD:-build}" && pwd -P) || exit 1
mkdir -p "$build/t"
tmp=$(mktemp -d "$build/t/XXXXXX") || exit 1
# A unix socket's path has 107 bytes at most.
[ ${#tmp} -le 70 ] || { rmdir "$tmp" && tmp=$(mktemp -d /tmp/coffer.XXXXXX); } || exit 1
var=$tmp/v
coffer=$build/cgi-bin/tools/coffer
# shellcheck disable=SC2034
sweeper=$build/cgi-bin/workers/sweeper
house=
token=
export BUILD=$build COFFER_CONF=$var/coffer.conf COFFER_ROOT=$PWD COFFER_QUIET=1

# The logs are looked at when all programs are gone: a leak is reported by the last breath.
finish() {
	local failed=$?
	trap '' INT TERM HUP
	[ -z "$house" ] || { kill "$house" && wait "$house"; } 2>/dev/null
	if grep -E -m 1 -A 40 'runtime error|ERROR: .*Sanitizer|WARNING: ThreadSanitizer' "$var"/log/*.log 2>/dev/null; then failed=1; fi
	if [ $failed != 0 ]; then
		for log in "$tmp/house" "$var"/log/*.log; do
			[ ! -s "$log" ] || { echo "== $log" && tail -n 25 "$log"; }
		done
	fi
	rm -rf "$tmp"
	exit $failed
}
trap finish EXIT
trap 'exit 1' INT TERM HUP

# Below the ports that the kernel gives to clients. Of two tests that choose the same one, the
# second finds it taken and chooses again.
start() {
	local tries i port
	for ((tries = 5; tries > 0; tries--)); do
		port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
		url=http://127.0.0.1:$port
		: >"$tmp/house"
		# If we are killed the house goes down by itself.
		setpriv --pdeathsig TERM cgi-bin/tools/run "$var" $port >"$tmp/house" 2>&1 &
		house=$!
		for ((i = 0; i < 1200; i++)); do
			if grep -qs ^ready "$tmp/house"; then ready && return; fi
			kill -0 $house 2>/dev/null || break
			sleep 0.05
		done
		grep -qs 'is taken\|Address already in use' "$tmp/house" "$var/log/lighttpd.log" || break
	done
	fail 'the house does not start'
}

fail() {
	echo "FAIL: $* ($(basename "$0"):${BASH_LINENO[-2]})"
	[ ! -e "$tmp/body" ] || { echo "$request: $status" && head -c 2000 "$tmp/body" && echo; }
	exit 1
}
user() {
	"$coffer" user add "$1" ${2:+--quota "$2"} >/dev/null || fail "no user $1"
	token=$("$coffer" user token "$1") || fail "no token for $1"
}
api() {
	request="$1 $2"
	: >"$tmp/body"
	: >"$tmp/headers"
	status=$(curl -sS -m 120 -g -X "$1" -o "$tmp/body" -D "$tmp/headers" -w '%{http_code}' \
		${token:+-H "Authorization: Bearer $token"} "${@:3}" "$url$2")
}
expect_status() { [ "$status" = "$1" ] || fail "$request: status $status, not $1"; }
expect_body() { grep -Eq -- "$1" "$tmp/body" || fail "$request: the body does not match '$1'"; }
expect_header() {
	tr -d '\r' <"$tmp/headers" | grep -Eiq -- "^$1: .*$2" || fail "$request: no $1 that matches '$2'"
}
json() { python3 -c 'import json, sys; d = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$tmp/body" "$1"; }
sql() { cgi-bin/tools/database sql "$var/db" coffer -N -e "$1"; }
serving() { pgrep -n -f "/cgi-bin/$1$" -P "$(cat "$var/run/keeper.pid")" || fail "$1 does not run"; }

# Whatever the keeper has started says that it is ready, or why it ends.
ready() {
	local tries
	for ((tries = 1200; tries > 0; tries--)); do
		[ "$(grep -c '^keeper .* event=start' "$var/log/keeper.log")" -gt \
			"$(grep -Ec ' event=(ready|refused)' "$var/log/keeper.log")" ] || return 0
		sleep 0.05
	done
	fail 'a program does not get ready'
}
reload() {
	local program tries old=()
	for program in "$@"; do old+=("$(serving "$program")"); done
	kill -HUP "$(cat "$var/run/keeper.pid")"
	for program in "${old[@]}"; do
		for ((tries = 400; tries > 0; tries--)); do
			kill -0 "$program" 2>/dev/null || break
			sleep 0.05
		done
		[ $tries -gt 0 ] || fail 'the programs are not replaced'
	done
	ready
}
signup() { setting accounts signup "$1" user; }
setting() {
	sed -i "/^$2 = /d; s/^\[$1\]/&\n$2 = \"$3\"/" "$var/coffer.conf"
	reload "$4"
}

await() {
	local i
	for ((i = 0; i < 1000; i++)); do
		! grep -qs -- "$1" "$2" || return 0
		sleep 0.01
	done
	fail "no '$1' in $2: $(cat "$2")"
}

# It returns once strace has every thread in its hands. An ordinary user may lack that right, and
# then the test fails rather than find nothing wrong.
trace() {
	: >"$tmp/tracer"
	strace -f -o "$tmp/trace" -p "$@" 2>"$tmp/tracer" &
	tracer=$!
	until grep -q attached "$tmp/tracer"; do
		kill -0 $tracer 2>/dev/null || fail "this test needs the right to trace programs: $(cat "$tmp/tracer")"
		sleep 0.01
	done
}

# Politely asked, strace waits for a thread that is dying, which waits for strace.
untrace() {
	kill -KILL $tracer 2>/dev/null
	wait $tracer 2>/dev/null
}

[ -n "${without_house:-}" ] || start
