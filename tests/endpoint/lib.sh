# Sourced by every tests/endpoint/t*.sh: a Coffer of its own, on a free port, gone afterwards.
#
#   user ann 1000            an account with that quota (or the default), and $token for it
#   api PUT /path -T file    a request with $token: $status, $tmp/headers and $tmp/body
#   expect_status 201        fails unless that was it
#   expect_body REGEX        … unless the body matches;  expect_header NAME REGEX  a header
#   json 'd["id"]'           a Python expression over the body
#   sql 'SELECT ...'         asks the database itself
#   fail 'why'               ends the test
#
# $url is the server, $var its data, $tmp a folder for the test; $coffer and $sweeper are programs.

set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
build=${BUILD:-build}
mkdir -p "$build/t"
tmp=$(mktemp -d "$(cd "$build/t" && pwd)/XXXXXX")
# A unix socket's path has 107 bytes at most.
[ ${#tmp} -le 70 ] || tmp=$(mktemp -d /tmp/coffer.XXXXXX)
var=$tmp/v
coffer=$build/cgi-bin/tools/coffer
sweeper=$build/cgi-bin/workers/sweeper
token=
failed=1
export BUILD=$build COFFER_CONF=$var/coffer.conf COFFER_ROOT=$PWD COFFER_QUIET=1
export ASAN_OPTIONS=${ASAN_OPTIONS:-abort_on_error=0}

finish() {
	[ -z "${house:-}" ] || { kill "$house" && wait "$house"; } 2>/dev/null
	if grep -l 'runtime error\|ERROR: .*Sanitizer' "$var"/log/*.log; then failed=1; fi
	if [ $failed = 1 ]; then
		for log in "$tmp/house" "$var"/log/{keeper,lighttpd,sweeper,database}.log; do
			echo "== $log" && tail -n 25 "$log"
		done
	fi
	rm -rf "$tmp"
	exit $failed
}
trap 'finish 2>/dev/null' EXIT

start() {
	local try
	for try in 1 2 3 4 5; do
		port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
		cgi-bin/tools/run "$var" $port >"$tmp/house" 2>&1 &
		house=$!
		for ((i = 0; i < 600; i++)); do
			grep -q ^ready "$tmp/house" && url=http://127.0.0.1:$port && return
			kill -0 $house 2>/dev/null || break
			sleep 0.05
		done
		kill $house 2>/dev/null && wait $house
		rm -rf "$var"
	done
	fail 'the house does not start'
}

fail() {
	echo "FAIL: $*" "($(basename "$0"):${BASH_LINENO[1]:-0})"
	[ ! -e "$tmp/body" ] || { echo "$request: $status" && head -c 2000 "$tmp/body"; } 2>/dev/null
	exit 1
}
user() {
	"$coffer" user add "$1" ${2:+--quota "$2"} >/dev/null || fail "no user $1"
	token=$("$coffer" user token "$1") || fail "no token for $1"
}
api() {
	request="$1 $2"
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

start
# A test that comes to its end has passed.
set -E
trap 'code=$?; [ $code = 0 ] && failed=0; finish 2>/dev/null' EXIT
