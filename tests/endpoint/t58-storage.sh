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
api POST /user/storage -d x=1
expect_status 405
