#!/bin/bash
# account: deleting one's account takes the password and the name, ends everything at once, and the
# sweeper leaves nothing of it; the last administrator stays. The administrator's page makes,
# limits, disables and invites, shows nobody's files, and is there for administrators only.
. "$(dirname "$0")/lib.sh"
user carol
user ann
bearer=$token
printf 'correct horse\n' | "$coffer" user passwd ann --stdin

# A tree with all that can be in it: versions, trash, a file that is shared with another user's.
for name in a b c; do api PUT "/file/upload?name=$name" -d "bytes of $name"; done
api PUT '/file/upload?name=a' -d 'other bytes of a'
api POST /file/update -d action=folder -d name=F
folder=$(json 'd["id"]')
api PUT '/file/upload?folder=/F&name=in' -d 'bytes in F'
api PUT '/file/upload?folder=/F&name=empty' -T /dev/null
api POST /file/delete -d "id=$(sql "SELECT id FROM entry WHERE name = 'b'")"
token=$("$coffer" user token carol)
carols=$token
api PUT '/file/upload?name=kept' -d 'bytes of a'
kept=$(json 'd["id"]')
token=

browser() { api "$1" "$2" -b "$tmp/jar" -c "$tmp/jar" -H 'Accept: text/html' "${@:3}"; }
csrf() { grep -o 'name="csrf" value="[^"]*"' "$tmp/body" | head -1 | sed 's/.*value="//; s/"$//'; }
sign_in() {
	browser GET /user/signin
	browser POST /user/signin --data-urlencode "csrf=$(csrf)" -d "name=$1" --data-urlencode "password=$2"
}
sign_in ann 'correct horse'
browser GET /user/account
form=$(csrf)
delete() { browser POST /user/account -d action=delete "$@"; }
delete -d "csrf=$form" -d name=ann -d current=wrong
expect_status 403
delete -d "csrf=$form" -d name=bob --data-urlencode 'current=correct horse'
expect_status 400
delete -d csrf=x -d name=ann --data-urlencode 'current=correct horse'
expect_status 403
[ "$(sql "SELECT closed IS NULL AND NOT disabled FROM user WHERE name = 'ann'")" = 1 ] || fail 'closed without leave'
cp "$tmp/jar" "$tmp/old"
delete -d "csrf=$form" -d name=ann --data-urlencode 'current=correct horse'
expect_status 303
expect_header Location /user/signin

# Over at once: the session, the token, the password; and no operator brings it back by mistake.
api GET / -b "$tmp/old"
expect_status 401
token=$bearer
api GET /
expect_status 401
token=
sign_in ann 'correct horse'
expect_status 401
! "$coffer" user enable ann 2>/dev/null || fail 'a closed account was enabled'

# A minute later, by the database's clock, the sweeper takes all of it, and the name is free.
"$sweeper"
[ "$(sql "SELECT COUNT(*) FROM user WHERE name = 'ann'")" = 1 ] || fail 'taken before its time'
sql "UPDATE user SET closed = closed - 61000 WHERE name = 'ann'"
"$sweeper"
[ "$(sql "SELECT COUNT(*) FROM user WHERE name = 'ann'")" = 0 ] || fail 'the account is still there'
[ "$(sql "SELECT COUNT(*) FROM entry WHERE id <> $kept")$(sql 'SELECT COUNT(*) FROM version')$(sql 'SELECT COUNT(*) FROM session')" = 000 ] ||
	fail 'something of the account is left'
sql 'UPDATE `blob` SET touched = 0'
"$sweeper"
[ "$(sql 'SELECT COUNT(*), SUM(refs) FROM `blob`')" = $'1\t1' ] || fail 'blobs are left that nobody needs'
[ "$(find "$var/store/blob" -type f | wc -l)" = 1 ] || fail 'bytes are left that nobody needs'
"$coffer" fsck >/dev/null || fail 'fsck finds something'
token=$carols
api GET "/file/download?id=$kept"
expect_body '^bytes of a$'
"$coffer" user add ann >/dev/null || fail 'the name is not free'

# The last administrator stays; one of two may go.
printf 'correct horse\n' | "$coffer" user passwd admin --stdin
token=
rm -f "$tmp/jar"
sign_in admin 'correct horse'
browser GET /user/account
form=$(csrf)
delete -d "csrf=$form" -d name=admin --data-urlencode 'current=correct horse'
expect_status 409
! "$coffer" user disable admin 2>"$tmp/null" || fail 'the operator disabled the last administrator'
[ "$(sql "SELECT disabled FROM user WHERE name = 'admin'")" = 0 ] || fail 'the last administrator is gone'

# The page of the accounts is for administrators: to others, and to whoever is confined, it is not there.
token=$carols
api GET /user/admin
expect_status 404
api POST /user/admin -d action=disable -d name=admin
expect_status 404
token=
api GET /user/admin
expect_status 401
admin() { browser POST /user/admin -d "csrf=$form" "$@"; }
browser GET /user/admin
expect_status 200
expect_body '<strong>carol</strong>'
browser POST /user/admin -d action=disable -d name=carol -d csrf=x
expect_status 403

admin -d action=add -d name=dave --data-urlencode 'quota=2 GB' -d admin=1
expect_status 200
password=$(grep -o '<code>[^<]*' "$tmp/body" | head -1 | sed 's/<code>//')
[ "$(sql "SELECT quota, one_time, admin FROM user WHERE name = 'dave'")" = $'2000000000\t1\t0' ] || fail 'another account was made'
browser GET /user/admin
! grep -q "$password" "$tmp/body" || fail 'a password is shown twice'
admin -d action=add -d name=DAVE
expect_status 409
admin -d action=quota -d name=dave -d quota=12k
expect_status 303
admin -d action=quota -d name=dave -d quota=much
expect_status 400
[ "$(sql "SELECT quota FROM user WHERE name = 'dave'")" = 12000 ] || fail 'the quota did not change'
admin -d action=disable -d name=admin
expect_status 409
admin -d action=disable -d name=carol
expect_status 303
token=$carols
api GET /
expect_status 401
token=
admin -d action=enable -d name=carol
token=$carols
api GET /
expect_status 200

# As JSON, a page at a time; and nobody's files.
token=$("$coffer" user token admin)
api GET '/user/admin?limit=2'
[ "$(json '[u["name"] for u in d["users"]], d["next"]')" = "(['admin', 'ann'], 'ann')" ] || fail 'not the first page'
api GET '/user/admin?limit=2&after=ann'
[ "$(json '[u["name"] for u in d["users"]], "next" in d')" = "(['carol', 'dave'], False)" ] || fail 'not the last page'
api POST /user/admin -d action=invite -d days=3
expect_status 201
expect_body '/user/signup\?invitation=[A-Za-z0-9_-]{43}"'
for path in "/file/download?id=$kept" "/file/query?id=$kept" '/file/query?q=kept'; do
	api GET "$path"
	[ "$status" = 404 ] || [ "$(json 'd["entries"]')" = '[]' ] || fail "an administrator reads others' files by $path"
done
