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
pieces() { echo "$var/store/resume/$(printf %s "${path##*/}" | sha256sum | cut -d' ' -f1)"; }
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

# Whose folder is gone by then is not sent again: it comes to lie in the root, and replaces nothing.
api POST /file/update -d action=folder -d name=gone
gone=$(json 'd["id"]')
begin 'survivor&folder=/gone' 2000000
api POST /file/delete -d "id=$gone"
expect_status 200
piece 0 "$tmp/two"
expect_status 204
id=$(tr -d '\r' <"$tmp/headers" | sed -n 's,^Content-Location: /file/query?id=,,p')
api GET "/file/download?id=$id"
cmp "$tmp/body" "$tmp/two" || fail 'the homeless upload has other bytes'
api GET "/file/query?id=$id"
[ "$(json 'd["folder"], d["name"]')" = "(0, 'survivor (2)')" ] || fail "it is at $(cat "$tmp/body")"
api GET '/file/download?id=/survivor'
cmp "$tmp/body" "$tmp/file" || fail 'the survivor was replaced'

# Who is disabled while the last bytes come has no file of them; who is let in again has.
begin shut 5000000
piece 0 "$tmp/one"
piece 2000000 "$tmp/two"
(sleep 0.5 && sql "UPDATE user SET disabled = TRUE WHERE name = 'ann'") &
tus PATCH "$path" -H 'Content-Type: application/offset+octet-stream' -H 'Upload-Offset: 4000000' --limit-rate 500000 -T "$tmp/three"
expect_status 401
[ "$(sql "SELECT COUNT(*) FROM entry WHERE name = 'shut'")" = 0 ] || fail 'a disabled user has a new file'
sql "UPDATE user SET disabled = FALSE WHERE name = 'ann'"
tus HEAD "$path" -I
expect_header Upload-Offset 5000000
api GET '/file/download?id=/shut'
cmp "$tmp/body" "$tmp/file" || fail 'what was shut out has other bytes'

# One whose bytes are lost can be ended, and only that.
kept=$(sql "SELECT reserved FROM user WHERE name = 'ann'")
begin lost 5000000
piece 0 "$tmp/one"
rm "$(pieces)"
tus HEAD "$path" -I
expect_status 500
tus DELETE "$path"
expect_status 204
[ "$(sql "SELECT reserved FROM user WHERE name = 'ann'")" = "$kept" ] || fail 'its reservation is left'

# Those that are files make room for others; those that are not do not.
sql "INSERT INTO resumable SELECT UNHEX(SHA2(seq, 256)), owner, 0, 0, 0, state, '', '', 0, 'n', 0, NULL, 1, expires - 1000
	FROM seq_1_to_10000, (SELECT owner, state, expires FROM resumable WHERE name = 'shut') r;
	DELETE FROM resumable WHERE entry IS NOT NULL AND name <> 'n'"
begin among 5000000
begin many 5000000
sql "UPDATE resumable SET entry = NULL WHERE name = 'n'"
tus POST '/file/resume?name=toomany' -H 'Upload-Length: 5' -H 'Content-Length: 0'
expect_status 429
tus DELETE "$path"
sql "DELETE FROM resumable WHERE name = 'n'"

# The sweeper finds one that is overdue, and a request that was under way goes on with it before it
# gets there: it stays.
begin late 5000000
ends=$(sql "SELECT expires FROM resumable WHERE name = 'late'")
sql "UPDATE resumable SET expires = 1 WHERE name = 'late'"
ASAN_OPTIONS=detect_leaks=0 strace -f -o "$tmp/trace" -e trace=openat -e inject=openat:signal=STOP:when=1 -P "$(pieces)" \
	"$sweeper" 2>>"$var/log/sweeper.log" &
await 'stopped by SIGSTOP' "$tmp/trace"
sql "UPDATE resumable SET expires = $ends WHERE name = 'late'"
piece 0 "$tmp/one"
expect_status 204
kill -CONT "$(sed -n 's/ .*stopped by SIGSTOP.*//p' "$tmp/trace")"
wait $! || fail 'the sweeper fails'
tus HEAD "$path" -I
expect_header Upload-Offset 2000000
tus DELETE "$path"

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
