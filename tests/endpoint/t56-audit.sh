#!/bin/bash
# audit: every change writes what it was, in the same transaction; a refused one writes nothing; its
# owner sees it, nobody else but the operator; no secret is in it.
. "$(dirname "$0")/lib.sh"
user ann
bearer=$token
printf 'correct horse\n' | "$coffer" user passwd ann --stdin
user bob
sql 'DELETE FROM event'
token=$bearer

# last ACTION NAME: the newest event is that, of ann by ann, from here, by the request just made.
last() {
	local is
	is=$(sql "SELECT e.action, e.name, o.name, a.name, e.address, e.request FROM event e
		JOIN user o ON o.id = e.owner JOIN user a ON a.id = e.actor ORDER BY e.id DESC LIMIT 1")
	[ "$is" = "$1"$'\t'"$2"$'\tann\tann\t127.0.0.1\t'"$(sed -n 's/^x-request-id: \([0-9a-f]*\).*/\1/Ip' "$tmp/headers")" ] ||
		fail "the newest event is not $1 of $2: $is"
}
count() { sql 'SELECT COUNT(*) FROM event'; }

api PUT '/file/upload?name=a' -d one
id=$(json 'd["id"]')
last upload a
api PUT '/file/upload?name=a' -d two
last replace a
before=$(count)
api PUT '/file/upload?name=a' -d two
api PUT '/file/upload?name=a' -d x -H 'If-None-Match: *'
expect_status 412
api POST /file/update -d action=rename -d id=999999 -d name=x
expect_status 404
api POST /file/update -d action=move -d "id=$id" -d id=999999 -d folder=/
expect_status 404
[ "$(count)" = "$before" ] || fail 'what did not happen is an event'
api POST /file/update -d action=folder -d name=F
last folder F
folder=$(json 'd["id"]')
api POST /file/update -d action=rename -d "id=$id" -d name=b
last rename b
api POST /file/update -d action=move -d "id=$id" -d folder=/F
last move b
api POST /file/update -d action=revert -d "id=$id" -d "version=$(sql 'SELECT id FROM version')"
last revert b
api POST /file/delete -d "id=$id" -d "version=$(sql 'SELECT id FROM version')"
last delete-version b
api POST /file/delete -d "id=$id"
last trash b
api POST /file/update -d action=restore -d "id=$id"
last restore b
api POST /file/delete -d "id=$folder" -d forever=1
last delete F
api POST /file/delete -d trash=empty
last empty-trash ''
api POST /user/account -d action=token -d label=laptop
last token laptop
secret=$(json 'd["token"]')
api POST /user/account -d action=revoke -d "id=$(json 'd["id"]')"
last revoke ''

# In a browser.
token=
browser() { api "$1" "$2" -b "$tmp/$jar.jar" -c "$tmp/$jar.jar" -H 'Accept: text/html' "${@:3}"; }
csrf() { grep -o 'name="csrf" value="[^"]*"' "$tmp/body" | head -1 | sed 's/.*value="//; s/"$//'; }
sign_in() {
	browser GET /user/signin
	browser POST /user/signin --data-urlencode "csrf=$(csrf)" -d name=ann --data-urlencode "password=$1"
}
jar=one
sign_in wrong-secret
[ "$(sql 'SELECT action, actor = owner FROM event ORDER BY id DESC LIMIT 1')" = $'wrong-password\t1' ] || fail 'a wrong password is no event'
jar=two
sign_in 'correct horse'
jar=one
sign_in 'correct horse'
last sign-in ''
browser GET /user/account
form=$(csrf)
browser POST /user/account -d "csrf=$form" -d action=end -d "id=$(sql 'SELECT MIN(id) FROM session')"
last end-session ''
browser POST /user/account -d "csrf=$form" -d action=end-others
last end-sessions ''
browser POST /user/account -d "csrf=$form" -d action=password --data-urlencode 'current=correct horse' -d password=next-secret -d again=next-secret
[ "$(sql "SELECT COUNT(*) FROM event WHERE action = 'password'")" = 1 ] || fail 'a new password is no event'
browser GET /user/activity
expect_status 200
expect_body 'Renamed to b'
expect_body 'Somebody gave a wrong password'
browser POST /user/signout -d "csrf=$(csrf)"
last sign-out ''

# The operator's commands are events, too, of nobody here.
"$coffer" user quota ann 5000000
[ "$(sql 'SELECT action, actor, address FROM event ORDER BY id DESC LIMIT 1')" = $'quota\t0\t' ] || fail 'a command is no event'
"$coffer" log --user ann >"$tmp/log" || fail 'coffer log fails'
[ "$(wc -l <"$tmp/log")" = "$(sql "SELECT COUNT(*) FROM event e JOIN user u ON u.id = e.owner WHERE u.name = 'ann'")" ] || fail 'the log is not all'
grep -q 'account=ann actor=ann action=upload entry=[0-9]* name=a from=127.0.0.1 id=[0-9a-f]*$' "$tmp/log" || fail 'no upload in the log'
[ -z "$("$coffer" log --since 2999-01-01)" ] && ! "$coffer" log --since soon 2>/dev/null || fail '--since'

# A page at a time, each event once; one's own only; and no secret.
token=$bearer
before= ids=
while :; do
	api GET "/user/activity?limit=7${before:+&before=$before}"
	expect_status 200
	ids+=" $(json '" ".join(str(e["id"]) for e in d["events"])')"
	before=$(json 'd.get("next", "")')
	[ -n "$before" ] || break
done
[ "$(xargs -n1 <<<"$ids")" = "$(sql "SELECT e.id FROM event e JOIN user u ON u.id = e.owner WHERE u.name = 'ann' ORDER BY e.id DESC")" ] ||
	fail 'the pages are not all events, once each'
token=$("$coffer" user token bob)
api GET /user/activity
[ "$(json '[e["action"] for e in d["events"]]')" = "['token']" ] || fail "another's events"
for word in "$secret" "$bearer" wrong-secret next-secret 'correct horse'; do
	[ "$(sql "SELECT COUNT(*) FROM event WHERE CONCAT(action, name, address, request) LIKE '%$word%'")" = 0 ] || fail 'a secret is in an event'
done

# Kept for a year.
sql 'UPDATE event SET at = at - 366 * 86400000 ORDER BY id LIMIT 3'
kept=$(($(count) - 3))
"$sweeper" && [ "$(count)" = $kept ] || fail 'not the events of a year are kept'
