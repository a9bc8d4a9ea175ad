#!/bin/bash
# update and delete: rename, move, folders, trash, restore, versions; many at once, all or none
. "$(dirname "$0")/lib.sh"
user ann
put() {
	printf '%s' "${3:-$2}" >"$tmp/f"
	api PUT "/file/upload?folder=$1&name=$2" -T "$tmp/f"
	[[ $status = 20? ]] || fail "put $2: $status"
	json 'd["id"]'
}
folder() {
	api POST /file/update -d action=folder -d "folder=$1" -d "name=$2"
	expect_status 201
	json 'd["id"]'
}
names() { api GET "/file/query?folder=$1" && json '" ".join(e["name"] for e in d["entries"])'; }
used() { sql "SELECT used FROM user WHERE name = 'ann'"; }

a=$(put / a) b=$(put / b) photos=$(folder / Photos) inner=$(folder "$photos" Inner)
api POST /file/update -d action=folder -d name=Photos
expect_status 409
api POST /file/update -d action=rename -d id="$a" -d name=c
expect_status 200
api POST /file/update -d action=rename -d id="$a" -d name=b
expect_status 409
api POST /file/update -d action=rename -d id="$a" -d name=../b
expect_status 400
[ "$(names /)" = 'Photos b c' ] || fail rename

# Many at once: all, or none.
api POST /file/update -d action=move -d id="$a" -d id="$b" -d id=99999 -d folder=/Photos/Inner
expect_status 404
[ "$(names /)" = 'Photos b c' ] || fail 'half a move'
api POST /file/update -d action=move -d id="$a" -d id="$b" -d folder=/Photos/Inner
expect_status 200
[ "$(names /Photos/Inner)" = 'b c' ] || fail move
api POST /file/update -d action=move -d id="$photos" -d folder="$inner"
expect_status 409
api POST /file/update -d action=move -d id="$photos" -d folder="$photos"
expect_status 409

# To the trash and back; a folder takes along what is in it.
api POST /file/delete -d id="$photos"
expect_status 200
[ "$(names /)" = '' ] || fail 'not deleted'
[ "$(names trash)" = Photos ] || fail 'not in the trash'
api GET '/file/query?q=b'
[ "$(json 'len(d["entries"])')" = 0 ] || fail 'search finds the trash'
printf x >"$tmp/f"
api PUT "/file/upload?folder=$inner&name=late" -T "$tmp/f"
expect_status 404
api POST /file/delete -d id="$photos"
expect_status 404
other=$(folder / Photos)
api POST /file/update -d action=restore -d id="$photos"
expect_status 200
[ "$(names /)" = 'Photos Photos (2)' ] || fail "restore: $(names /)"
api POST /file/delete -d id="$other" -d forever=1
expect_status 200

# Versions.
v=$(put / v one) && put / v two >/dev/null
[ "$(used)" = 8 ] || fail "used $(used)"
api GET "/file/query?id=$v"
version=$(json 'd["versions"][0]["id"]')
api POST /file/update -d action=revert -d id="$v" -d version="$version"
expect_status 200
api GET "/file/download?id=$v"
[ "$(cat "$tmp/body")" = one ] || fail revert
api GET "/file/query?id=$v"
version=$(json 'd["versions"][0]["id"]')
api POST /file/delete -d id="$v" -d version="$version"
expect_status 200
[ "$(used)" = 5 ] || fail 'a version that is deleted gives its quota back'

# For good: the quota comes back, and after the grace time the bytes go.
api POST /file/delete -d id="$v"
api POST /file/delete -d id=99999 -d id="$a"
expect_status 404
api POST /file/delete -d trash=empty
expect_status 200
api POST /file/delete -d id="$photos" -d forever=1
expect_status 200
[ "$(used)" = 0 ] || fail "used $(used) of nothing"
[ "$(sql 'SELECT COUNT(*) FROM entry')" = 0 ] || fail 'rows are left'
sql 'UPDATE `blob` SET touched = 0'
printf stray >"$tmp/stray" && mkdir -p "$var/store/staging/killed" && touch "$var/store/staging/killed/upload"
"$sweeper"
[ -z "$(find "$var/store/blob" -type f)" ] || fail 'bytes that nobody needs are left'
[ ! -e "$var/store/staging/killed" ] || fail 'staging of a killed process is left'
"$coffer" fsck --read || fail fsck

# The sweeper takes from the trash what is there for longer than 30 days, and nothing else.
old=$(put / old) young=$(put / young)
api POST /file/delete -d id="$old" -d id="$young"
expect_status 200
sql "UPDATE entry SET trashed = trashed - 31 * 86400000, name = CONCAT(LPAD(trashed, 16, '0'), '-', id) WHERE id = $old"
"$sweeper"
[ "$(names trash)" = young ] || fail "the trash after a sweep: $(names trash)"

for wrong in action=none action=rename 'action=move&id=x' id=x ''; do
	api POST /file/update -d "$wrong"
	expect_status 400
done
api GET /file/update
expect_status 405
api GET /file/delete
expect_status 405
head -c 2000000 /dev/zero | tr '\0' '&' >"$tmp/fields"
api POST /file/update --data-binary "@$tmp/fields"
expect_status 413
head -c 900000 /dev/zero | tr '\0' '&' >"$tmp/fields"
api POST /file/update --data-binary "@$tmp/fields"
expect_status 413
