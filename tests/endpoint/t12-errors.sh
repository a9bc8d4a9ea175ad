#!/bin/bash
# errors: what lighttpd refuses by itself comes as a page to those who accept HTML and as problem
# details to everybody else, the form in which the programs say it.
. "$(dirname "$0")/lib.sh"
user ann

expect_problem() {
	expect_status "$1"
	expect_header Content-Type 'application/problem\+json$'
	[ "$(json 'list(d), d["type"], d["title"], d["status"], len(d["detail"]) > 15')" = \
		"(['type', 'title', 'status', 'detail'], 'about:blank', '$2', $1, True)" ] || fail "no problem details of $1"
}
expect_page() {
	expect_status "$1"
	expect_header Content-Type 'text/html; charset=utf-8$'
	for part in '<html lang="en">' '<meta name="viewport"' "<title>$2 · Coffer</title>" '<main id="main"' "<h1>$2</h1>" 'href="/"'; do
		expect_body "$part"
	done
	links+=$(grep -o '<link [^>]*' "$tmp/body" | sed 's/.*href="\([^"]*\).*/\1 /')
}

# expect_both STATUS TITLE REQUEST...: the request is answered so, in each reader's form.
expect_both() {
	api "${@:3}" -H 'Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8'
	expect_page "$1" "$2"
	api "${@:3}"
	expect_problem "$1" "$2"
}
links=
head -c 1100000 /dev/zero >"$tmp/long"
expect_both 404 'Not Found' GET /nowhere
expect_header Vary Accept
for accept in '' application/json 'text/plain, image/*'; do
	api GET /nowhere -H "Accept: $accept"
	expect_problem 404 'Not Found'
done
expect_both 405 'Method Not Allowed' CONNECT /coffer.css --http1.1
expect_both 411 'Length Required' PUT '/file/upload?name=x' -T - -H 'Transfer-Encoding: chunked' <"$tmp/long"
expect_both 413 'Content Too Large' POST /file/delete --data-binary @"$tmp/long"
expect_both 416 'Range Not Satisfiable' GET /coffer.css -r 999999-
expect_both 501 'Not Implemented' DELETE /coffer.css

# A program that cannot be reached. Once it can be again, the web server notices within two seconds.
mv "$var/run/query.sock" "$tmp/query.sock"
expect_both 503 'Service Unavailable' GET /file/query
mv "$tmp/query.sock" "$var/run/query.sock"
for ((tries = 200; tries > 0; tries--)); do
	api GET /file/query
	[ "$status" = 503 ] || break
	sleep 0.05
done
expect_status 200

# raw TEXT: sends just that, with a CR at the end of each line; the answer is where api puts it.
# What $meanwhile says is done before it is waited for.
raw() {
	request=${1%%$'\n'*}
	exec 3<>"/dev/tcp/127.0.0.1/${url##*:}"
	printf '%s' "${1//$'\n'/$'\r\n'}" >&3
	${meanwhile:-true}
	cat <&3 >"$tmp/answer"
	exec 3>&-
	sed '/^\r$/,$d' "$tmp/answer" >"$tmp/headers"
	sed '1,/^\r$/d' "$tmp/answer" >"$tmp/body"
	status=$(sed -n '1s/^HTTP[^ ]* \([0-9]*\) .*/\1/p' "$tmp/answer")
}

# A program that dies with the request in its hands.
kill_upload() {
	for ((tries = 500; tries > 0; tries--)); do
		[ -z "$(find "$var/store/staging" -type f)" ] || break
		sleep 0.02
	done
	pkill -KILL -f "^$(cd "$build" && pwd)/cgi-bin/upload" -P "$(cat "$var/run/keeper.pid")"
	"$sweeper"
}
half=$(head -c 50000 /dev/zero | tr '\0' x)
meanwhile=kill_upload
for accept in text/html application/json; do
	raw "PUT /file/upload?name=x HTTP/1.1
Host: x
Authorization: Bearer $token
Accept: $accept
Connection: close
Content-Length: 100000

$half"
	[ $accept = text/html ] && expect_page 500 'Internal Server Error'
	[ $accept = text/html ] || expect_problem 500 'Internal Server Error'
done
meanwhile=

# All that the pages load is there.
for link in $(tr ' ' '\n' <<<"$links" | sort -u); do
	api GET "$link"
	expect_status 200
done
grep -q /coffer.css <<<"$links" || fail 'the pages have no stylesheet'

# Of a request that cannot be read nobody knows what its client accepts: it gets problem details.
long=$(head -c 9000 /dev/zero | tr '\0' x)
while read -r code title line; do
	raw "$line"$'\nHost: x\nAccept: text/html\n\n'
	expect_problem "$code" "${title//_/ }"
done <<END_OF_TABLE
400 Bad_Request                        BAD
400 Bad_Request                        GET / HTTP/1.1 x: y
400 Bad_Request                        GET /%00 HTTP/1.1
400 Bad_Request                        GET /file%2fquery HTTP/1.1
431 Request_Header_Fields_Too_Large    GET /$long HTTP/1.1
501 Not_Implemented                    get / HTTP/1.1
505 HTTP_Version_Not_Supported         GET / HTTP/2.0
END_OF_TABLE
