#!/bin/bash
# tokens: each is for reading or writing, for all files or one folder, and for a time. What a token
# is not for it cannot do at any address; what is out of its folder looks like what is not there.
. "$(dirname "$0")/lib.sh"
user bob
api PUT '/file/upload?name=theirs' -d theirs
theirs=$(json 'd["id"]')
user ann
whole=$token

# The tree: In is what the folder tokens are for, and In/deep/inner below it; Out is not.
folder() { api POST /file/update -d action=folder -d "folder=$1" -d "name=$2" && json 'd["id"]'; }
put() { api PUT "/file/upload?folder=$1&name=$2" -d "$3" && json 'd["id"]'; }
in=$(folder / In) deep=$(folder /In deep) out=$(folder / Out)
inner=$(put /In/deep inner-file needle) outer=$(put /Out outer-file needle) top=$(put / top-file needle)
old=$(put /In/deep old-file needle)
put /Out outer-file other >/dev/null
version=$(sql "SELECT id FROM version WHERE entry = $outer")
api POST /file/delete -d "id=$old"
[ -n "$in$deep$out$inner$outer$top$version" ] || fail 'no tree to test with'

# make FIELDS...: a token made by the account's owner.
make() {
	token=$whole
	api POST /user/account -d action=token -d label=t "$@"
	expect_status 201
	made=$(json 'd["token"]') made_id=$(json 'd["id"]')
}
for wrong in access=admin days=0x days=3651 folder=/nowhere "folder=$theirs" "folder=$inner" label=; do
	api POST /user/account -d action=token -d label=t -d "$wrong"
	[ "$wrong" = label= ] || case $status in 400 | 404) ;; *) fail "a token was made with $wrong" ;; esac
done
make -d access=read
reads=$made
make -d folder=/In
confined=$made confined_id=$made_id
make -d folder=/In -d access=read
both=$made
make -d days=1
expired=$made
sql "UPDATE api_token SET expires = UNIX_TIMESTAMP(NOW(3)) * 1000 WHERE id = $made_id"
make
revoked=$made
api POST /user/account -d action=revoke -d "id=$made_id"
expect_status 200

# All that a change could change.
snapshot() {
	sql 'SELECT * FROM entry ORDER BY id; SELECT * FROM version ORDER BY id; SELECT * FROM api_token ORDER BY id' |
		cut -f1-9
	sql 'SELECT name, password, used, reserved FROM user ORDER BY id; SELECT COUNT(*) FROM session'
}
sql 'UPDATE api_token SET seen = UNIX_TIMESTAMP(NOW(3)) * 1000'
before=$(snapshot)

# Every change there is, to ID and into FOLDER.
changes() {
	local id=$1 folder=$2
	cat <<-END
		PUT /file/upload?folder=$folder&name=x -d x
		POST /file/upload -F file=@$tmp/x -F folder=$folder
		POST /file/update -d action=rename&id=$id&name=x
		POST /file/update -d action=move&id=$id&folder=$folder
		POST /file/update -d action=folder&folder=$folder&name=x
		POST /file/update -d action=restore&id=$id
		POST /file/update -d action=revert&id=$id&version=$version
		POST /file/delete -d id=$id
		POST /file/delete -d id=$id&forever=1
		POST /file/delete -d id=$id&version=$version
	END
}
about_account="POST /file/delete -d trash=empty
POST /user/account -d action=token&label=x
POST /user/account -d action=revoke&id=$confined_id
POST /user/account -d action=end-others
POST /user/account -d action=end&id=1
POST /user/account -d action=password&current=x&password=xxxxxxxxx&again=xxxxxxxxx
POST /user/signout -d x=1"
printf x >"$tmp/x"

# refused STATUSES LIST: every request of it is, and nothing has changed.
refused() {
	local method path rest
	while read -r method path rest; do
		# shellcheck disable=SC2086
		api "$method" "$path" $rest
		[[ " $1 " == *" $status "* ]] || fail "$method $path $rest: status $status, not one of $1"
	done <<<"$2"
	[ "$(snapshot)" = "$before" ] || fail "a refused change had an effect: $(diff <(echo "$before") <(snapshot))"
}
for token in "$reads" "$both"; do
	refused 403 "$(changes "$inner" "$in")"
	refused 403 "$about_account"
	expect_body 'for reading only'
done
token=$confined
refused 403 "$about_account"
for id in "$outer" "$top" "$out" "$old" "$theirs" "$in" 999999; do
	refused 404 "$(changes "$id" "$in" | grep "id=$id")"
done
for folder in "$out" "$theirs" /Out trash 999999; do
	refused '404 400' "$(changes "$inner" "$folder" | grep "folder=$folder")"
done
for token in "$expired" "$revoked"; do
	refused 401 "$(changes "$inner" "$in")"
	refused 401 "$about_account"
	for path in / /file/query "/file/download?id=$inner" /file/upload /user/account; do
		api GET "$path"
		expect_status 401
	done
done

# Reading: the folder is the root, and all else is not there. Outside, another's and absent are one.
outcome() { printf '%s ' "$status" && sed 's/"request":"[^"]*"//' "$tmp/body"; }
for token in "$confined" "$both"; do
	for path in '/file/query?id=' '/file/query?folder=' '/file/download?id=' '/file/upload?folder=' '/file/download?as=tar&id='; do
		api GET "${path}999999"
		expect_status 404
		absent=$(outcome)
		for id in "$outer" "$out" "$top" "$old" "$theirs"; do
			api GET "$path$id"
			[ "$(outcome)" = "$absent" ] || fail "$path$id does not look like what is not there"
		done
	done
	for path in /Out/outer-file /top-file /In; do
		api GET "/file/query?id=$path"
		expect_status 404
	done
	api GET '/file/query?folder=trash'
	expect_status 404
	for path in / /file/query '/file/query?folder=0' '/file/query?folder=/' "/file/query?folder=$in"; do
		api GET "$path"
		[ "$(json '[e["name"] for e in d["entries"]]')" = "['deep']" ] || fail "$path: not the folder"
	done
	api GET '/file/query?id=/deep/inner-file'
	[ "$(json 'd["id"]')" = "$inner" ] || fail 'a path does not start at the folder'
	for query in q=file "sha256=$(printf needle | sha256sum | cut -c1-64)"; do
		api GET "/file/query?$query"
		[ "$(json '[e["id"] for e in d["entries"]]')" = "[$inner]" ] || fail "$query finds what is elsewhere"
	done
	api GET '/file/download?as=tar&id=/'
	[ "$(tar -tf "$tmp/body" | sort | tr '\n' ' ')" = 'In/ In/deep/ In/deep/inner-file ' ] || fail 'another archive'
	for path in "/file/query?folder=$deep" "/file/query?id=$inner" "/file/upload?folder=$deep"; do
		api GET "$path" -H 'Accept: text/html'
		expect_status 200
		! grep -q '>In<' "$tmp/body" || fail "$path shows the way above the folder"
	done
	api GET /user/account
	[ "$(json 'd["name"], d["tokens"], d["sessions"]')" = "('ann', [], [])" ] || fail 'a token sees the others'
	api GET /user/nothing
	expect_status 404
done

# And it does what it is for.
token=$confined
put / new-file bytes >/dev/null
[ "$(sql "SELECT parent FROM entry WHERE name = 'new-file'")" = "$in" ] || fail 'not put into the folder'
made=$(folder /deep sub)
api POST /file/update -d action=move -d "id=$inner" -d folder=/
expect_status 200
api POST /file/update -d action=rename -d "id=$inner" -d name=renamed
expect_status 200
api POST /file/delete -d "id=$made" -d "id=$inner"
expect_status 200
token=$reads
api GET "/file/download?id=$outer"
expect_status 200
api GET /user/account
expect_body '"folder":"/In"'

# The folder goes to the trash: so does the token's world. It comes back with it.
token=$whole
api POST /file/delete -d "id=$in"
token=$confined
for path in / /file/query "/file/query?id=$deep" /file/upload; do
	api GET "$path"
	expect_status 404
done
api PUT '/file/upload?name=late' -d x
expect_status 404
token=$whole
api POST /file/update -d action=restore -d "id=$in"
token=$confined
api GET /
expect_status 200

# The operator makes them from the command line alike.
token=$("$coffer" user token ann shell --read --folder /In --days 2) || fail 'no token by the command'
api GET '/file/query?id=/deep'
expect_status 200
for refused in "query?id=$outer" "download?id=$top"; do
	api GET "/file/$refused"
	expect_status 404
done
api PUT '/file/upload?name=x' -d x
expect_status 403
[ "$(sql "SELECT ROUND((expires - created) / 86400000) FROM api_token WHERE label = 'shell'")" = 2 ] || fail 'days'
! "$coffer" user token ann shell --folder /nowhere 2>"$tmp/null" || fail 'a token for a folder that is not there'
