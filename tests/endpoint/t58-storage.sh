#!/bin/bash
# storage: what uses one's quota, by the folders below the root, the trash and old versions, adds up
# to what is used, and nobody else's files are in it.
. "$(dirname "$0")/lib.sh"
user bob
api PUT '/file/upload?name=foreign' -d 123456789
expect_status 201
user ann

api GET /user/storage
expect_status 200
[ "$(json 'd["used"], d["places"], d["versions"], d["largest"]')" = '(0, [], 0, [])' ] || fail "not empty: $(cat "$tmp/body")"

for name in Deep Flat; do
	api POST /file/update -d action=folder -d name=$name
	expect_status 201
	ids+=" $(json 'd["id"]')"
done
read -r deep _ <<<"$ids"
api POST /file/update -d action=folder -d name=deeper -d folder=/Deep
put() { head -c "$2" /dev/urandom | api PUT "/file/upload?folder=$1" -T - -H Transfer-Encoding: -H "Content-Length: $2"; }
put '/Deep/deeper&name=one' 5000
put '/Deep&name=two' 300
put '/Flat&name=three' 2000
put '/&name=four' 70
put '/&name=old' 40
put '/&name=old' 50
put '/Flat&name=gone' 600
api POST /file/delete -d id="$(json 'd["id"]')"
expect_status 200

api GET /user/storage
[ "$(json '[(p["name"], p["bytes"]) for p in d["places"]]')" = \
	"[('Deep', 5300), ('Flat', 2000), ('', 600), ('', 120)]" ] || fail "places: $(cat "$tmp/body")"
[ "$(json 'd["versions"], d["used"], d["reserved"]')" = '(40, 8060, 0)' ] || fail "sums: $(cat "$tmp/body")"
[ "$(json '[e["name"] for e in d["largest"]][:3]')" = "['one', 'three', 'gone']" ] || fail "largest: $(cat "$tmp/body")"
[ "$(json '"foreign" in str(d)')" = False ] || fail "somebody else's file"

# The page says the same, and a folder's name is text.
api POST /file/update -d action=rename -d id=$deep --data-urlencode 'name=<b>&"'
expect_status 200
api GET /user/storage -H 'Accept: text/html'
for text in '5.3 kB' '&lt;b&gt;&amp;&quot;' '<rect class="folder1"' '<rect class="trash"' '/file/query?folder=trash' 'Old versions'; do
	grep -qF -- "$text" "$tmp/body" || fail "the page does not say $text"
done
token=$("$coffer" user token ann)
api GET /user/storage
expect_status 200

# What is unfinished: how far it is and the room that is kept for it, until its owner gives it up.
begin() { api POST "/file/resume?$1" -H 'Tus-Resumable: 1.0.0' -H "Upload-Length: $2" -H 'Content-Length: 0' "${@:3}"; }
begin 'name=%3Cbig%3E&folder=/Flat' 700000
expect_status 201
address=$(tr -d '\r' <"$tmp/headers" | sed -n 's/^[Ll]ocation: //p')
tus=(-H 'Tus-Resumable: 1.0.0' -H 'Content-Type: application/offset+octet-stream')
head -c 1500 /dev/urandom >"$tmp/piece"
api PATCH "$address" "${tus[@]}" -H 'Upload-Offset: 0' --data-binary "@$tmp/piece"
expect_status 204
begin '' 500 -H 'Upload-Concat: partial'
expect_status 201
api GET /user/storage
[ "$(json 'sorted((u["name"], u["offset"], u["size"]) for u in d["uploads"]), d["reserved"]')" = \
	"([('', 0, 500), ('<big>', 1500, 700000)], 700500)" ] || fail "unfinished: $(cat "$tmp/body")"
big=$(json '[u["upload"] for u in d["uploads"] if u["name"]][0]') part=$(json '[u["upload"] for u in d["uploads"] if not u["name"]][0]')
[ "$(json 'd["uploads"][0]["expires"] > "2026" and d["uploads"][0]["folder"] in (0, [p["folder"] for p in d["places"] if p["name"] == "Flat"][0])')" = True ] ||
	fail "unfinished: $(cat "$tmp/body")"
api GET /user/storage -H 'Accept: text/html'
for text in '&lt;big&gt;' '1.5 kB of 700 kB are here' '700 kB are kept free' 'A part of a file'; do
	grep -qF -- "$text" "$tmp/body" || fail "the page does not say $text"
done
give_up() { api POST /file/resume -d action=end -d upload="$1" "${@:2}"; }
mine=$token
token=$("$coffer" user token bob)
api GET /user/storage
[ "$(json 'd["uploads"]')" = '[]' ] || fail "another's unfinished uploads"
give_up "$big"
expect_status 404
token=$mine
for wrong in '' 00 "${big}00" "$part$part" no; do
	give_up "$wrong"
	expect_status 404
done
api POST /file/resume -d upload="$big"
expect_status 400

# While bytes come, too: the request that brings them ends.
mkfifo "$tmp/slow"
curl -s -m 60 -o "$tmp/cut" -w '%{http_code}' -X PATCH "${tus[@]}" -H "Authorization: Bearer $token" -H 'Upload-Offset: 1500' \
	-H 'Content-Length: 690000' -H Transfer-Encoding: -T "$tmp/slow" "$url$address" >"$tmp/cut.status" &
exec 5>"$tmp/slow"
head -c 500000 /dev/urandom >&5
until [ "$(stat -c %s "$var/store/resume/$big")" -gt 1500 ]; do sleep 0.01; done
give_up "$big"
expect_status 200
[ "$(cat "$tmp/body")" = '{"ended":1}' ] || fail "given up: $(cat "$tmp/body")"
exec 5>&-
wait $!
[[ $(cat "$tmp/cut.status") != 2* ]] || fail 'a piece of what was given up was taken'
give_up "$big"
expect_status 404
api HEAD "$address" -I "${tus[@]}"
expect_status 404
give_up "$part" -H 'Accept: text/html'
expect_status 303
expect_header Location '/user/storage'
api GET /user/storage
[ "$(json 'd["uploads"], d["reserved"]')" = '([], 0)' ] || fail "what was given up is left: $(cat "$tmp/body")"
[ -z "$(ls "$var/store/resume")" ] || fail 'bytes of what was given up are left'

# What has become a file is none of it, and stays.
begin 'name=whole' 0
expect_status 201
address=$(tr -d '\r' <"$tmp/headers" | sed -n 's/^[Ll]ocation: //p')
give_up "$(printf %s "${address##*/}" | sha256sum | cut -c1-64)"
expect_status 404
expect_body 'a file by now'
api GET '/file/download?path=/whole'
expect_status 200
api POST /user/storage -d x=1
expect_status 405
