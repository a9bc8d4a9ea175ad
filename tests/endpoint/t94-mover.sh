#!/bin/bash
# The mover and a store that lies: a blob is copied, asked about by a request of its own, and only
# then leaves the local disk. What is only elsewhere is read as before, wrong bytes never. Whatever
# the store says, nothing that was acknowledged is lost, and nothing is left there that is no copy.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/stores.sh"
user ann
store near
tier near 'keep_days = 0' 'transfers = 32'
reload download upload preview query

# Every blob gets one copy, and each copy is asked about after the last that was said to make it.
what='a first run'
: >"$tmp/files/empty"
put empty
new small 4000
new large 17000000
moves
for name in empty small large; do
	there $name near || fail "$what: $name has not been copied"
	here $name || fail "$what: $name has gone before the run after"
done
python3 - <(curl -sS "${endpoint[near]}/_log") <<'END' || fail "$what: a copy was not asked about"
import json, sys
seen = {}
for method, key, query, status in json.load(open(sys.argv[1])):
    if "/p/" in key and status == 200:
        seen.setdefault(key, []).append(method)
assert len(seen) == 3
for methods in seen.values():
    # One more for whoever lets the local copy leave, which is asked about once more.
    made = max(i for i, method in enumerate(methods) if method in ("PUT", "POST"))
    assert methods[made + 1 :].count("HEAD") >= 2, methods
END
sane --read
moves
for name in empty small large; do ! here $name || fail "$what: $name is still here"; done
all_whole
puts=$(asked near PUT)
moves
[ "$(asked near PUT)" = "$puts" ] || fail "$what: what is there is copied again"
sane
nothing_left near

# Reading what is only elsewhere. Where no bytes are needed the store is not asked.
what='a file that is elsewhere'
name=$(sha small)
d=/file/download?path=/small
part() { tail -c "+$(($1 + 1))" "$tmp/files/small" | head -c "$2" | cmp - "$tmp/body" || fail "$what: $request: not those bytes"; }
ranged() {
	api GET $d "${@:3}"
	expect_status 206
	expect_header Content-Length "$2"
	part "$1" "$2"
}
ranged 100 100 -H 'Range: bytes=100-199'
expect_header Content-Range 'bytes 100-199/4000'
ranged 3990 10 -H 'Range: bytes=-10'
ranged 3990 10 -H 'Range: bytes=3990-'
ranged 0 4000 -H 'Range: bytes=-9999'
ranged 0 10 -H 'Range: bytes=0-9' -H "If-Range: \"$name\""
api GET $d -H 'Range: bytes=0-9' -H 'If-Range: "other"'
expect_status 200
part 0 4000
before=$(requests near)
api GET $d -H "If-None-Match: \"$name\""
expect_status 304
api GET $d -H 'Range: bytes=4000-'
expect_status 416
expect_header Content-Range 'bytes \*/4000'
api HEAD $d -I -H 'Want-Repr-Digest: md5=9, sha-256=1'
expect_status 200
expect_header Content-Length 4000
md5=$(openssl md5 -binary "$tmp/files/small" | base64)
expect_header Repr-Digest "md5=:${md5//+/\\+}:"
expect_header ETag "\"$name\""
[ "$(requests near)" = "$before" ] || fail "$what: the store is asked for what is known"

# A picture, and an archive of what is here and what is not.
python3 tests/endpoint/pictures.py "$tmp" || fail 'no pictures'
cp "$tmp/small.png" "$tmp/files/png"
put png
moves
moves
! here png || fail "$what: the picture is still here"
api GET '/file/preview?id=/png'
expect_status 200
[ "$(head -c 12 "$tmp/body" | tail -c 4)" = WEBP ] || fail "$what: no preview"
new local 5000
api GET '/file/download?id=/&as=zip'
expect_status 200
mkdir "$tmp/zip"
python3 -m zipfile -e "$tmp/body" "$tmp/zip" || fail "$what: no zip"
for file in "$tmp"/files/*; do
	find "$tmp/zip" -name "${file##*/}" -exec cmp {} "$file" \; | grep . && fail "$what: ${file##*/} is another one in the zip"
done
[ "$(find "$tmp/zip" -type f | wc -l)" = 5 ] || fail "$what: not all is in the zip"

# A store that hangs: whoever wants what is only there is told to come back, in good time, and
# nobody else notices. Meanwhile the next part goes on.
what='a store that hangs'
lie near GET "$(sha large)" '"hang": true, "count": 0'
curl -sS -m 60 -o "$tmp/hung" -w '%{http_code} %{time_total}' -H "Authorization: Bearer $token" \
	"$url/file/download?path=/large" >"$tmp/hung.status" &
hung=$!

# A broken connection is mended, other bytes are not handed out.
what='a store with other bytes'
lie near GET "$name" '"cut_response": 1000, "count": 2'
whole small
refused() {
	rm -f "$tmp/body"
	! curl -sSf -m 30 -o "$tmp/body" -H "Authorization: Bearer $token" "$url$d" 2>"$tmp/null" ||
		fail "$what: $1 bytes are served as if they were right"
}
honest near
key=$(grep "$name" "$tmp/rows")
for damage in '"flip": 17' '"flip": 3999' '"truncate": 3999' '"truncate": 0' '"delete": true'; do
	[ "$(say near _objects "'$key' in d")" = True ] || fail "$what: no $key"
	control near _damage "{\"key\": \"$key\", $damage}"
	refused "$damage"
done
lie near GET "$name" '"status": 503, "count": 0'
api GET $d
expect_status 503
# Whoever has the bytes heals it, once somebody has looked.
put small
whole small
truth near
status=$("$scrubber" --all --read 2>>"$var/log/scrubber.log"; echo $?)
[ "$status" = 1 ] || fail "$what: the scrubber exits $status"
! grep 'event=unhealed' "$var/log/scrubber.log" || fail "$what: it is not made anew"
moves
sweeps
sweeps
nothing_left near

what='a store that hangs'
wait $hung
read -r status time <"$tmp/hung.status"
[ "$status" = 503 ] || fail "$what: status $status after $time s"
[ "${time%.*}" -le 12 ] || fail "$what: 503 after $time s"

# Whoever may be sent to the store is, for a minute at most.
what='a redirection'
sed -i 's/^path_style.*/&\nredirect_seconds = 60/' "$var/stores.toml" && configure
reload download
api GET '/file/download?path=/large'
expect_status 302
location=$(tr -d '\r' <"$tmp/headers" | sed -n 's/^[Ll]ocation: //p')
[[ $location =~ X-Amz-Expires=([0-9]+) && ${BASH_REMATCH[1]} -le 60 ]] || fail "$what: to $location"
curl -sSf -m 30 -o "$tmp/body" "$location" || fail "$what: it does not lead there"
cmp "$tmp/body" "$tmp/files/large" || fail "$what: other bytes"
sed -i '/^redirect_seconds/d' "$var/stores.toml" && configure

# What is read comes back; and without keep_days it stays.
what='a recall'
tier near 'recall = true'
reload download
! here large || fail "$what: it is here"
whole large
moves
here large || fail "$what: it has not come back"
moves
here large || fail "$what: it does not stay"
whole large
sane --read
nothing_left near

# What is eligible: by size, by age.
what='a limit of size'
tier near 'smallest = 100' 'largest = 1000'
new tiny 99
new least 100
new most 1000
new more 1001
moves
for name in least most; do there $name near || fail "$what: $name is not copied"; done
for name in tiny more; do ! there $name near || fail "$what: $name is copied"; done
what='a limit of age'
tier near
sed -i 's/^after_hours.*/after_hours = 1/' "$var/tier.toml" && configure
moves
! there more near || fail "$what: it is copied at once"
sql "UPDATE \`blob\` SET touched = touched - 3601000 WHERE sha256 = 0x$(sha more)"
moves
there more near || fail "$what: it is not copied when it is old enough"
! there tiny near || fail "$what: another one is copied"

# All stores have it before it leaves; and without keep_days the oldest leave only for want of room.
what='a store of two that is down'
store far
tier near,far 'keep_days = 0'
control far _control '{"status": 503, "count": 0}'
! move || fail "$what: the mover finds nothing wrong"
# What has failed pauses now.
move
for name in tiny least large; do here $name || fail "$what: $name has left"; done
there tiny near || fail "$what: the other one gets no copy"
truth far
what='two stores'
tier near,far
"$coffer" mover retry >"$tmp/retry" || fail "$what: no retry"
moves
moves
sweeps
sweeps
nothing_left near
nothing_left far
for name in tiny least large; do here $name || fail "$what: $name has left without keep_days"; done
what='a disk with little room'
sql "UPDATE copy SET made = 1000 WHERE store = 'local' AND sha256 = 0x$(sha most)"
sql "UPDATE copy SET made = 2000 WHERE store = 'local' AND sha256 = 0x$(sha tiny)"
before=$(requests far)
tier near,far "evict_below = $((1 << 60))"
moves
[ "$(say far _log "[k[9:73] for m, k, *_ in d[$before:] if m == 'HEAD'][:2]")" = "$(sha most)"$'\n'"$(sha tiny)" ] ||
	fail "$what: it does not begin with the oldest"
moves
for file in "$tmp"/files/*; do ! here "${file##*/}" || fail "$what: ${file##*/} stays"; done
all_whole
sane
