#!/bin/bash
# sessions: one sees where one is signed in, and ends one session or all others; a session's token
# is a new one after signing in and after a change of the password, and the old one is dead; one that
# somebody else has chosen never comes to life.
. "$(dirname "$0")/lib.sh"
user ann
printf 'correct horse\n' | "$coffer" user passwd ann --stdin
user bob
printf 'battery staple\n' | "$coffer" user passwd bob --stdin
token=
firefox='Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'
iphone='Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Safari/604.1'

# browser NAME METHOD PATH ...: with the cookies of that browser, as a page.
browser() { api "$2" "$3" -b "$tmp/$1.jar" -c "$tmp/$1.jar" -H 'Accept: text/html' "${@:4}"; }
csrf() { grep -o 'name="csrf" value="[^"]*"' "$tmp/body" | head -1 | sed 's/.*value="//; s/"$//'; }
# sign_in BROWSER NAME PASSWORD ...
sign_in() {
	browser "$1" GET /user/signin
	browser "$1" POST /user/signin --data-urlencode "csrf=$(csrf)" -d "name=$2" --data-urlencode "password=$3" "${@:4}"
	expect_status 303
}
# change BROWSER action=… ...: on the account's page.
change() {
	browser "$1" GET /user/account
	browser "$1" POST /user/account -d "csrf=$(csrf)" "${@:2}"
}
sessions() { api GET /user/account -b "$tmp/$1.jar" && json "$2"; }
signed_in() { browser "$1" GET / && [ "$status" = 200 ]; }
cookie() { awk '$6 == "coffer" {print $7}' "$tmp/$1.jar"; }

sign_in desk ann 'correct horse' -A "$firefox"
sign_in phone ann 'correct horse' -A "$iphone"
sign_in tool ann 'correct horse' -A $'odd <b>\xff agent'
sign_in other bob 'battery staple'

# Who sees what: one's own, and which of them this is.
[ "$(sessions desk '[(s["browser"], s["address"], s["current"]) for s in d["sessions"]]')" = \
	"[('a browser', '127.0.0.1', False), ('Safari on iPhone', '127.0.0.1', False), ('Firefox on Linux', '127.0.0.1', True)]" ] ||
	fail 'not the sessions that there are'
[ "$(sql "SELECT browser FROM session WHERE browser LIKE 'odd%'")" = 'odd <b> agent' ] ||
	fail 'a browser is kept with what is not printable'
browser desk GET /user/account
expect_body '<strong>Safari on iPhone</strong>'
expect_body '<strong>Firefox on Linux</strong> \(this browser\)'
[ "$(grep -c 'value="end"' "$tmp/body")" = 2 ] || fail 'not a button for each other session'

# One ends one's own, and nobody else's.
bobs=$(sessions other 'd["sessions"][0]["id"]')
phones=$(sessions phone '[s["id"] for s in d["sessions"] if s["current"]][0]')
for id in "$bobs" 999999 0 ''; do
	change desk -d action=end -d "id=$id"
	expect_status 404
done
signed_in other || fail "somebody else's session was ended"
browser desk POST /user/account -d action=end -d "id=$phones" -d csrf=wrong
expect_status 403
signed_in phone || fail 'a forged form ended a session'
change desk -d action=end -d "id=$phones"
expect_status 303
! signed_in phone || fail 'an ended session lives on'

sign_in phone ann 'correct horse' -A "$iphone"
change desk -d action=end-others
expect_status 303
! signed_in phone && ! signed_in tool || fail 'another session lives on'
signed_in desk && signed_in other || fail 'a session too many was ended'

# A token is renewed where rights change, and the one before is dead.
first=$(cookie desk)
sign_in desk ann 'correct horse'
second=$(cookie desk)
change desk -d action=password --data-urlencode 'current=correct horse' -d password=another-one -d again=another-one
expect_status 303
third=$(cookie desk)
[ "$first" != "$second" ] && [ "$second" != "$third" ] && [ "$first" != "$third" ] || fail 'a session kept its token'
for dead in "$first" "$second"; do
	api GET / -b "coffer=$dead"
	expect_status 401
done
api GET / -b "coffer=$third"
expect_status 200
[ "$(sql "SELECT COUNT(*) FROM session s JOIN user u ON u.id = s.user WHERE u.name = 'ann'")" = 1 ] ||
	fail 'sessions that nobody can use are kept'

# What somebody else has put there as a token before one signs in does not become one.
chosen=$(printf 'c%.0s' {1..43})
browser lured GET /user/signin
printf '127.0.0.1\tFALSE\t/\tFALSE\t0\tcoffer\t%s\n' "$chosen" >>"$tmp/lured.jar"
sign_in lured bob 'battery staple'
[ "$(cookie lured)" != "$chosen" ] && signed_in lured || fail 'no token of its own'
api GET / -b "coffer=$chosen"
expect_status 401
