#!/bin/bash
# signup: closed, invited or open, as the operator says; an invitation makes one account, even if two
# come at once; nobody gives themselves rights or room, a reserved name or a common password.
. "$(dirname "$0")/lib.sh"
token=
# browser NAME METHOD PATH ...: with the cookies of that browser, as a page.
browser() { api "$2" "$3" -b "$tmp/$1.jar" -c "$tmp/$1.jar" -H 'Accept: text/html' "${@:4}"; }
csrf() { grep -o 'name="csrf" value="[^"]*"' "$tmp/body" | head -1 | sed 's/.*value="//; s/"$//'; }
# sign_up INVITATION NAME PASSWORD: in a new browser; $again may be another one.
sign_up() {
	rm -f "$tmp/new.jar"
	browser new GET /user/signin
	browser new POST /user/signup -d "csrf=$(csrf)" -d "invitation=$1" --data-urlencode "name=$2" \
		--data-urlencode "password=$3" --data-urlencode "again=${again-$3}"
	sql 'DELETE FROM guess'
}
users() { sql "SELECT COUNT(*) FROM user WHERE name <> 'admin'"; }
invite() { "$coffer" user invite "$@" 2>/dev/null | sed 's/.*invitation=//'; }
good='a password of some length'

# Closed, as it is at first.
browser new GET /user/signup
expect_status 404
sign_up "$(invite)" eve "$good"
expect_status 404
[ "$(users)" = 0 ] || fail 'an account was made though sign-up is closed'
signup invited

# By invitation.
invitation=$(invite --quota 5000)
[ "${#invitation}" = 43 ] || fail 'no invitation'
! sql 'SELECT HEX(token_hash) FROM invitation' | grep -qi "$(printf %s "$invitation" | od -An -tx1 | tr -d ' \n')" ||
	fail 'an invitation is stored as it is'
for none in '' x "${invitation}A" "${invitation%?}"; do
	sign_up "$none" eve "$good"
	expect_status 404
done
browser guest GET "/user/signup?invitation=$invitation"
expect_status 200
expect_body "name=\"invitation\" value=\"$invitation\""
! grep -q "$invitation" "$var"/log/access.log "$var"/log/keeper.log || fail 'an invitation is in a log'
browser guest POST /user/signup -d csrf=wrong -d "invitation=$invitation" -d name=eve --data-urlencode "password=$good" --data-urlencode "again=$good"
expect_status 403
for name in admin ROOT System trash coffer '' 'a b' '../x' "$(printf 'x%.0s' {1..65})"; do
	sign_up "$invitation" "$name" "$good"
	case $status in 400 | 409) ;; *) fail "the name '$name' was taken: $status" ;; esac
done
for password in '' short PassWord123 12345678 qwertyuiop password2024 eve.adams "$(printf 'x%.0s' {1..1025})"; do
	sign_up "$invitation" Eve.Adams "$password"
	expect_status 400
done
again=other sign_up "$invitation" eve "$good"
expect_status 400
[ "$(users)" = 0 ] || fail 'a refused form made an account'

# Two at once: one account.
for i in 1 2; do
	browser "b$i" GET /user/signin
	printf '%s' "$(csrf)" >"$tmp/csrf$i"
done
for i in 1 2; do
	curl -sS -o /dev/null -w '%{http_code}\n' -b "$tmp/b$i.jar" -d "csrf=$(cat "$tmp/csrf$i")" -d "invitation=$invitation" \
		-d "name=twin$i" --data-urlencode "password=$good" --data-urlencode "again=$good" \
		-d admin=1 -d role=admin -d quota=999999999 -d one_time=0 "$url/user/signup" >"$tmp/status$i" &
	twins[i]=$!
done
wait "${twins[@]}"
[ "$(sort "$tmp"/status? | xargs)" = '201 404' ] || fail "two came with one invitation: $(cat "$tmp"/status?)"
[ "$(sql "SELECT COUNT(*), MAX(quota), MAX(admin) FROM user WHERE name LIKE 'twin%'")" = $'1\t5000\t0' ] || fail 'not the least account'

# An invitation that is over, by the database's clock; the sweeper takes it.
invitation=$(invite --days 1)
sql 'UPDATE invitation SET expires = UNIX_TIMESTAMP(NOW(3)) * 1000'
sign_up "$invitation" eve "$good"
expect_status 404
"$sweeper" && [ "$(sql 'SELECT COUNT(*) FROM invitation WHERE expires < 1 + UNIX_TIMESTAMP(NOW(3)) * 1000')" = 0 ] || fail 'it is not swept'

# Signed in at once, and again with the password; a name that is taken, in any case, is said to be.
sign_up "$(invite)" Eve "$good"
expect_status 303
browser new GET /
expect_status 200
second=$(invite)
sign_up "$second" EVE "$good"
expect_status 409
expect_body 'is taken'
sign_up "$second" mallory "$good"
expect_status 303

# Open: without an invitation, but not without end.
signup open
browser new GET /user/signin
expect_body 'href="/user/signup"'
sign_up '' open.one "$good"
expect_status 303
rm -f "$tmp/new.jar"
browser new GET /user/signin
form=$(csrf)
for ((i = 1; i <= 6; i++)); do
	api POST /user/signup -b "$tmp/new.jar" -d "csrf=$form" -d "name=many$i" --data-urlencode "password=$good" --data-urlencode "again=$good"
	expect_status $((i <= 5 ? 201 : 429))
done
