#!/bin/bash
# guessing: of many wrong passwords, even all at once, no more than a few are looked at; who names
# an account that does not exist sees the same; and the owner signs in from elsewhere meanwhile.
. "$(dirname "$0")/lib.sh"
user ann
bearer=$token
printf 'correct horse\n' | "$coffer" user passwd ann --stdin
user bob
printf 'battery staple\n' | "$coffer" user passwd bob --stdin
token=

# One form for all: its cookie is the browser's, and it may be sent again.
api GET /user/signin -c "$tmp/jar" -H 'Accept: text/html'
csrf=$(grep -o 'name="csrf" value="[^"]*"' "$tmp/body" | sed 's/.*value="//; s/"$//')
form=(-b "$tmp/jar" -d "csrf=$csrf" -H 'Accept: text/html')
# guess FROM NAME PASSWORD
guess() { api POST /user/signin --interface "$1" "${form[@]}" --data-urlencode "name=$2" --data-urlencode "password=$3"; }

# guess_all FROM COUNT NAME: COUNT wrong passwords, 40 at a time, {} in NAME being a number; the
# statuses, counted.
guess_all() {
	seq "$2" | xargs -P 40 -I '{}' curl -sS -o /dev/null -w '%{http_code}\n' --interface "$1" "${form[@]}" \
		-d "name=$3" -d 'password=wrong{}' "$url/user/signin" | sort | uniq -c | xargs
}

# 200 at once, of 5 that may be wrong.
for name in ann nobody; do
	[ "$(guess_all 127.0.0.9 200 $name)" = '5 401 195 429' ] || fail "$name: not 5 of 200 were looked at"
	guess 127.0.0.9 "$name" 'correct horse'
	expect_status 429
	expect_header Retry-After '[0-9]+'
	sed -n '/^retry-after/Id; s/request":"[^"]*//; p' "$tmp/body" | sed 's/<code>.*//' >"$tmp/answer.$name"
done
cmp "$tmp/answer.ann" "$tmp/answer.nobody" || fail 'a name that exists is answered differently'
seconds=$(sed -n 's/^retry-after: \([0-9]*\).*/\1/Ip' "$tmp/headers")
{ [ "$seconds" -gt 800 ] && [ "$seconds" -le 900 ]; } || fail "try again in $seconds s, of 900"

# Nobody else is kept out: the owner elsewhere, another account from there, a program with its token.
guess 127.0.0.3 ann 'correct horse'
expect_status 303
guess 127.0.0.9 bob 'battery staple'
expect_status 303
token=$bearer
api GET / --interface 127.0.0.9
expect_status 200
token=

# A name in another case is the same account, and a success forgets what was before it.
for password in 1 2 3 4; do guess 127.0.0.4 ann "wrong$password" && expect_status 401; done
guess 127.0.0.4 ANN 'correct horse'
expect_status 303
for password in 1 2 3 4 5; do guess 127.0.0.4 Ann "wrong$password" && expect_status 401; done
guess 127.0.0.4 ann wrong6
expect_status 429

# The current password in a change of the password is no other way in.
guess 127.0.0.5 bob 'battery staple'
api POST /user/signin -c "$tmp/bob" --interface 127.0.0.5 "${form[@]}" -d name=bob --data-urlencode 'password=battery staple'
api GET /user/account -b "$tmp/bob" -H 'Accept: text/html'
own=$(grep -o 'name="csrf" value="[^"]*"' "$tmp/body" | head -1 | sed 's/.*value="//; s/"$//')
for ((i = 1; i <= 6; i++)); do
	api POST /user/account -b "$tmp/bob" --interface 127.0.0.5 -d "csrf=$own" -d action=password -d current=wrong -d password=another-one -d again=another-one
	expect_status $((i <= 5 ? 403 : 429))
done

# From one address, 50 for all accounts together.
[ "$(guess_all 127.0.0.6 60 "u{}")" = '50 401 10 429' ] || fail 'not 50 of 60 were looked at'
guess 127.0.0.6 ann 'correct horse'
expect_status 429

# When the time is over, by the database's clock, it begins anew; the sweeper takes what is over.
sql 'UPDATE guess SET since = UNIX_TIMESTAMP(NOW(3)) * 1000 - 840000'
guess 127.0.0.4 ann 'correct horse'
expect_status 429
sql 'UPDATE guess SET since = UNIX_TIMESTAMP(NOW(3)) * 1000 - 900000'
guess 127.0.0.4 ann 'correct horse'
expect_status 303
[ "$(sql 'SELECT COUNT(*) FROM guess')" -gt 5 ] || fail 'nothing to sweep'
"$sweeper" || fail 'the sweeper fails'
[ "$(sql 'SELECT COUNT(*) FROM guess')" -le 1 ] || fail 'the sweeper leaves what is over'
