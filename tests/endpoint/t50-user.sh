#!/bin/bash
# user: signing in by form, CSRF and Origin, one-time passwords, tokens, disabling
. "$(dirname "$0")/lib.sh"
user ann
bearer=$token
printf 'correct horse\n' | "$coffer" user passwd ann --stdin
token=
jar=$tmp/jar
browser() { api "$1" "$2" -b "$jar" -c "$jar" -H 'Accept: text/html' "${@:3}"; }
csrf() { grep -o 'name="\?csrf"\? value="[^"]*"' "$tmp/body" | head -1 | sed 's/.*value="//; s/"$//'; }
sign_in() {
	browser GET /user/signin
	browser POST /user/signin --data-urlencode "csrf=$(csrf)" -d "name=$1" --data-urlencode "password=$2" "${@:3}"
}

browser GET /
expect_status 303
expect_header Location '/user/signin\?next=%2F'
sign_in ann wrong
expect_status 401
sign_in nobody wrong
expect_status 401
browser POST /user/signin -d name=ann --data-urlencode 'password=correct horse' -d csrf=x
expect_status 403
sign_in ann 'correct horse' -H 'Origin: http://evil.example'
expect_status 403
for next in //evil.example '/\evil.example' https:evil.example javascript:1; do
	sign_in ann 'correct horse' --data-urlencode "next=$next"
	expect_status 303
	expect_header Location '/'
done
expect_header Set-Cookie 'HttpOnly; SameSite=Lax'

# A session changes things only with its own token, from our own pages.
browser GET /
expect_status 200
token_of_form=$(csrf)
[ -n "$token_of_form" ] || fail 'no CSRF token on the page'
browser POST /file/update -d action=folder -d name=F
expect_status 403
browser POST /file/update -d action=folder -d name=F -d csrf=wrong
expect_status 403
browser POST /file/update -d action=folder -d name=F -d "csrf=$token_of_form" -H 'Origin: null'
expect_status 403
browser POST /file/update -d action=folder -d name=F -d "csrf=$token_of_form" -H 'Sec-Fetch-Site: cross-site'
expect_status 403
printf x >"$tmp/f"
browser POST /file/upload -F "file=@$tmp/f"
expect_status 403
[ "$(sql 'SELECT COUNT(*) FROM entry')" = 0 ] || fail 'a forged form had an effect'
browser POST /file/update -d action=folder -d name=F -d "csrf=$token_of_form"
expect_status 303
browser POST /file/upload -F "file=@$tmp/f;filename=x" -F "csrf=$token_of_form" -F folder=/F
expect_status 303

# Signing out ends the session itself, not only the cookie.
cp "$jar" "$tmp/old"
browser POST /user/signout -d "csrf=$token_of_form"
expect_status 303
jar=$tmp/old
browser GET /
expect_status 303

# Tokens: Bearer and Basic, revoked, wrong.
token=$bearer
api GET /
expect_status 200
api POST /user/account -d action=token -d label=laptop
expect_status 201
second=$(json 'd["token"]') second_id=$(json 'd["id"]')
token=
api GET / -u "ann:$second"
expect_status 200
api GET / -u "bob:$second"
expect_status 401
expect_header WWW-Authenticate Basic
# A page's script hears of it; the browser would ask before that.
api PUT /file/upload -H 'X-Requested-With: XMLHttpRequest'
expect_status 401
expect_header WWW-Authenticate Bearer
api GET / -H 'Authorization: Bearer nonsense'
expect_status 401
token=$bearer
api POST /user/account -d action=revoke -d "id=$second_id"
expect_status 200
token=
api GET / -u "ann:$second"
expect_status 401
[ "$(sql "SELECT COUNT(*) FROM api_token WHERE token_hash = '$bearer'")" = 0 ] || fail 'a token is stored as it is'

# A one-time password lets one choose another, and nothing else.
password=$("$coffer" user passwd ann | sed 's/password: //')
rm -f "$jar"
sign_in ann "$password"
expect_header Location /user/account
browser GET /
expect_status 403
browser GET /user/account
expect_status 200
form=$(csrf)
for bad in short PassWord123 12345678 Qwertyuiop 密码密码; do
	browser POST /user/account -d action=password -d "csrf=$form" -d "current=$password" -d "password=$bad" -d "again=$bad"
	expect_status 400
done
browser GET /user/account
browser POST /user/account -d action=password -d "csrf=$(csrf)" -d "current=$password" -d password=long-enough -d again=long-enough
expect_status 303
browser GET /
expect_status 200

# Disabled: at once, everywhere.
"$coffer" user disable ann
browser GET /
expect_status 303
token=$bearer
api GET /
expect_status 401

# A header that lighttpd would merge with another one.
"$coffer" user enable ann
api GET / -H 'X-Some: 1' -H 'X_Some: 2'
expect_status 400
expect_body 'problem|sent twice'
