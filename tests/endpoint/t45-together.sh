#!/bin/bash
# Clients that do everything at once, with the same bytes, in the same account: each is answered as
# if it were alone, and every count adds up. Under TSan the programs' threads meet here.
. "$(dirname "$0")/lib.sh"
user ann
printf 'the same for all' >"$tmp/same"
curl -fsS -c "$tmp/guest" "$url/user/signin" >"$tmp/form" || fail 'no form to sign in by'
csrf=$(sed -n 's/.*name="csrf" value="\([^"]*\)".*/\1/p' "$tmp/form")

# asks STATUS PATH [CURL_OPTION...]
asks() {
	local got
	got=$(curl -sS -m 120 -o "$tmp/out.$client" -w '%{http_code}' -H "Authorization: Bearer $token" "${@:3}" "$url$2")
	[ "$got" = "$1" ] || echo "$2: $got, not $1" >>"$tmp/wrong"
}
client() {
	local client=$1 i id
	for ((i = 0; i < 8; i++)); do
		asks 201 "/file/upload?name=$1.$i" -T "$tmp/same"
		id=$(sed 's/[^0-9]*\([0-9]*\).*/\1/' "$tmp/out.$1")
		printf '%s' "$1 $i" >"$tmp/own.$1"
		asks 201 /file/upload -F "file=@$tmp/own.$1;filename=own.$1.$i" -F "more=@$tmp/same;filename=more.$1.$i"
		asks 200 '/file/query?sort=size&limit=20' -H 'Accept: text/html'
		asks 200 "/file/query?id=$id"
		asks 200 "/file/query?q=own.$1"
		asks 200 "/file/download?id=$id"
		asks 200 /file/update -d action=rename -d "id=$id" -d "name=renamed.$1.$i"
		asks 200 /file/delete -d "id=$id"
		[ $((i % 2)) = 0 ] || asks 200 /file/update -d action=restore -d "id=$id"
		asks 200 /user/account
	done
	asks 200 /user/account -d action=token -d "label=$1" -H 'Accept: text/html'
	got=$(curl -sS -m 120 -o "$tmp/out.$1" -w '%{http_code}' -b "$tmp/guest" \
		--data-urlencode "csrf=$csrf" -d name=ann -d password=wrong "$url/user/signin")
	# The sixth from one address is one too many, whichever client's it is.
	[[ $got = 401 || $got = 429 ]] || echo "a wrong password: $got" >>"$tmp/wrong"
}
: >"$tmp/wrong"
for c in 1 2 3 4 5 6; do
	client $c &
	clients+=($!)
done
wait "${clients[@]}"
[ ! -s "$tmp/wrong" ] || fail "$(sort "$tmp/wrong" | uniq -c)"
api POST /file/delete -d trash=empty
expect_status 200
[ "$(sql "SELECT refs FROM \`blob\` WHERE size = 16")" = 72 ] || fail 'not a reference for each'
"$coffer" fsck --read || fail fsck
