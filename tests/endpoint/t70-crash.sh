#!/bin/bash
# A program that is killed at any moment loses no acknowledged upload and leaves nothing half done;
# a database that hangs is answered with 503 in bounded time.
. "$(dirname "$0")/lib.sh"
user ann

# Four clients upload files of many sizes, some of them the same bytes, while upload is killed.
client() {
	local i size
	for ((i = 0; i < 25; i++)); do
		size=$((RANDOM * (i % 5 == 0 ? 100 : 1)))
		head -c $size /dev/urandom >"$tmp/c$1.$i"
		[ $((i % 4)) != 0 ] || printf 'the same for all' >"$tmp/c$1.$i"
		code=$(curl -s -m 60 -o "$tmp/null$1" -w '%{http_code}' -H "Authorization: Bearer $token" \
			-T "$tmp/c$1.$i" "$url/file/upload?name=c$1.$i&conflict=fail")
		[[ $code != 201 ]] || echo "c$1.$i" >>"$tmp/acked"
	done
}
: >"$tmp/acked"
for c in 1 2 3 4; do client $c & clients+=" $!"; done
for ((k = 0; k < 60; k++)); do
	sleep 0.1
	pkill -KILL -f "^$(cd "$build" && pwd)/cgi-bin/upload" -P "$(cat "$var/run/keeper.pid")"
done
# shellcheck disable=SC2086
wait $clients

[ "$(wc -l <"$tmp/acked")" -gt 10 ] || fail "only $(wc -l <"$tmp/acked") uploads were acknowledged"
for name in $(cat "$tmp/acked"); do
	api GET "/file/download?path=/$name"
	expect_status 200
	cmp "$tmp/body" "$tmp/$name" || fail "$name has other bytes"
done
[ "$(grep -c 'program=upload .*event=exit' "$var/log/keeper.log")" -ge 4 ] || fail "upload was hardly ever killed"
# What was not acknowledged is there whole, or not at all.
for file in "$tmp"/c*.*; do
	api GET "/file/download?path=/$(basename "$file")"
	[ "$status" = 404 ] || cmp "$tmp/body" "$file" || fail "$(basename "$file") has other bytes"
done
"$sweeper"
[ "$(find "$var/store/staging" -type f | wc -l)" = 0 ] || fail 'staging of killed programs is left'
"$coffer" fsck --read || fail fsck

# A client that goes away, and one that lies about the length, leave nothing.
before=$(sql 'SELECT COUNT(*) FROM entry')
head -c 3000000 /dev/zero >"$tmp/zeros"
curl -s -m 1 --limit-rate 200k -o "$tmp/null" -H "Authorization: Bearer $token" -T "$tmp/zeros" "$url/file/upload?name=gone"
curl -s -m 2 -o "$tmp/null" -H "Authorization: Bearer $token" -H 'Content-Length: 4000000' -T "$tmp/zeros" "$url/file/upload?name=short"
for ((i = 0; i < 100; i++)); do
	[ "$(sql 'SELECT SUM(reserved) FROM user')" != 0 ] || break
	sleep 0.1
done
[ "$(sql 'SELECT SUM(reserved) FROM user')" = 0 ] || fail 'a reservation is left'
[ "$(sql 'SELECT COUNT(*) FROM entry')" = "$before" ] || fail 'a short body was kept'
[ "$(find "$var/store/staging" -type f | wc -l)" = 0 ] || fail 'staging of a short body is left'

# Many at once send the same new bytes: all of them succeed, and it is one blob.
head -c 200000 /dev/urandom >"$tmp/same"
for ((i = 0; i < 12; i++)); do
	curl -s -m 60 -o "$tmp/null$i" -w '%{http_code}\n' -H "Authorization: Bearer $token" \
		-T "$tmp/same" "$url/file/upload?name=same$i" >>"$tmp/codes" &
	same+=" $!"
done
# shellcheck disable=SC2086
wait $same
[ "$(sort -u "$tmp/codes")" = 201 ] || fail "not all the same: $(sort "$tmp/codes" | uniq -c)"
sha=$(sha256sum <"$tmp/same" | cut -d' ' -f1)
[ "$(sql "SELECT refs FROM \`blob\` WHERE sha256 = UNHEX('$sha')")" = 12 ] || fail 'not twelve references'

# The database hangs.
database=$(cat "$var/db/db.pid")
kill -STOP "$database"
began=$SECONDS
api GET /
expect_status 503
expect_header Retry-After 2
api PUT '/file/upload?name=x' -T "$tmp/same"
expect_status 503
[ $((SECONDS - began)) -le 20 ] || fail "503 took $((SECONDS - began)) s"
kill -CONT "$database"
sleep 1
api GET /
expect_status 200
"$coffer" fsck || fail fsck

# Without its only database the house goes down.
kill -KILL "$database"
wait "$house" && fail 'the house goes on without its database'
true
