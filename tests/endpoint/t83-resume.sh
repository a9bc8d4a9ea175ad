#!/bin/bash
# Uploads in pieces: all that tus 1.0 says must be so, rights, races and lines that break (tus.py); then
# that what is not gone on with ends, and that restarts of the program and of the web server cost
# nothing.
. "$(dirname "$0")/lib.sh"
user ben 100000000
ben=$token
user ann 100000000
ann=$token
api POST /file/update -d action=folder -d name=apart
apart=$(json 'd["id"]')
api POST /user/account -d action=token -d label=reader -d access=read
reader=$(json 'd["token"]')
api POST /user/account -d action=token -d label=folder -d folder="$apart"
folder=$(json 'd["token"]')
PIECES=$var/store/resume python3 tests/endpoint/tus.py "$url" ann="$ann" ben="$ben" reader="$reader" folder="$folder" || fail 'see above'

tus() { api "$1" "$2" -H 'Tus-Resumable: 1.0.0' "${@:3}"; }
location() { sed -n 's/^Location: //p' "$tmp/headers" | tr -d '\r'; }
begin() {
	tus POST "/file/resume?name=$1" -H "Upload-Length: $2" -H 'Content-Length: 0'
	expect_status 201
	path=$(location)
}
piece() { tus PATCH "$path" -H 'Content-Type: application/offset+octet-stream' -H "Upload-Offset: $1" -T "$2"; }
head -c 5000000 /dev/urandom >"$tmp/file"
head -c 2000000 "$tmp/file" >"$tmp/one"
tail -c +2000001 "$tmp/file" | head -c 2000000 >"$tmp/two"
tail -c +4000001 "$tmp/file" >"$tmp/three"

# A new program, one that was killed, and a web server that has read its configuration anew: they
# go on where the one before was, and nothing is read again.
begin survivor 5000000
piece 0 "$tmp/one"
expect_status 204
reload resume
piece 2000000 "$tmp/two"
expect_status 204
kill -KILL "$(serving resume)"
kill -USR1 "$(cat "$var/run/lighttpd.pid")"
for ((i = 0; i < 100; i++)); do
	tus HEAD "$path" -I
	[ "$status" != 200 ] || break
	sleep 0.1
done
expect_header Upload-Offset 4000000
trace "$(serving resume)" -e trace=read,pread64,write,fsync,sendto -y
piece 4000000 "$tmp/three"
untrace
expect_status 204
! grep -E 'p?read(64)?\(.*/store/resume/' "$tmp/trace" || fail 'what had come was read again'
# The bytes are written, synced, noted by a transaction, made a file by another one, and then there
# is an answer: the calls, with those that follow one of their kind left out.
order=$(sed -nE 's,.* (write)\(.*/store/resume/.*,\1,p; s,.* (fsync)\(.*/store/(resume|blob)/.*,\1 \2,p; s,.* sendto\(.*(COMMIT).*,\1,p
	s,.* write\(.*(Status: 2).*,\1,p' "$tmp/trace" | uniq | paste -sd' ')
[ "$order" = 'write fsync resume COMMIT fsync blob COMMIT Status: 2' ] || fail "the order is: $order"
api GET '/file/download?id=/survivor'
cmp "$tmp/body" "$tmp/file" || fail 'the survivor has other bytes'

# A page begins what it sends in the session it is of, though another one has signed in since.
browser() { token='' api "$1" "$2" -b "$tmp/jar" -c "$tmp/jar" -H 'Accept: text/html' "${@:3}"; }
csrf() { sed -n 's/.*name="csrf" value="\([^"]*\)".*/\1/p' "$tmp/body" | head -1; }
sign_in() {
	"$coffer" user passwd "$1" --stdin <<<'correct horse battery' >/dev/null || fail "no password for $1"
	browser GET /user/signin
	browser POST /user/signin --data-urlencode "csrf=$(csrf)" -d "name=$1" --data-urlencode 'password=correct horse battery'
	expect_status 303
	browser GET /
}
begin_in_page() {
	browser POST "/file/resume?name=$2" -G --data-urlencode "csrf=$1" -H 'Tus-Resumable: 1.0.0' -H 'Upload-Length: 5' -H 'Content-Length: 0'
}
sign_in ben
of_ben=$(csrf)
begin_in_page "$of_ben" of-ben
expect_status 201
sign_in ann
begin_in_page "$of_ben" of-ben
expect_status 403
expect_body 'not from your session'
begin_in_page '' of-ben
expect_status 403
begin_in_page "$(browser GET / && csrf)" of-ann
expect_status 201
[ "$(sql "SELECT COUNT(*) FROM resumable WHERE name = 'of-ben'")" = 1 ] || fail 'an upload has begun in the cloud of another one'

# Who does not go on: the row, the bytes and the reserved room go.
begin left 5000000
piece 0 "$tmp/one"
sql 'UPDATE resumable SET expires = 1 WHERE entry IS NULL'
tus HEAD "$path" -I
expect_status 404
"$sweeper" 2>>"$var/log/sweeper.log" || fail 'the sweeper fails'
[ "$(sql "SELECT COUNT(*), (SELECT SUM(reserved) FROM user) FROM resumable WHERE entry IS NULL")" = $'0\t0' ] || fail 'an upload is left'
[ -z "$(ls "$var/store/resume")" ] || fail 'its bytes are left'

# An account that is closed takes its uploads with it.
begin last 5000000
sql "UPDATE user SET closed = 1, disabled = TRUE WHERE name = 'ann'"
"$sweeper" 2>>"$var/log/sweeper.log" || fail 'the sweeper fails'
[ "$(sql "SELECT (SELECT COUNT(*) FROM user WHERE name = 'ann'), (SELECT COUNT(*) FROM upload)")" = $'0\t0' ] || fail 'the account stays'
"$coffer" fsck --read || fail fsck
