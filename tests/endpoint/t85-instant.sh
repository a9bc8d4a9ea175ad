#!/bin/bash
# instant: a file whose bytes are here comes in by a proof that one has them, and by nothing less. Who
# is refused learns nothing: not by what is said, not by how long it takes.
. "$(dirname "$0")/lib.sh"
[[ $build == */asan ]] && few=100 || few=1000

sha() { sha256sum <"$1" | cut -c-64; }
size() { stat -c %s "$1"; }
# claim FILE NAME [CURL_OPTION...]: $challenge, $key and $tmp/claim are the answer's.
claim() {
	api POST /file/instant --data-urlencode "name=$2" -d "size=$(size "$1")" -d "sha256=$(sha "$1")" "${@:3}"
	expect_status 200
	asked
}
asked() {
	cp "$tmp/body" "$tmp/claim"
	challenge=$(sed 's/.*"challenge":"\([^"]*\)".*/\1/' "$tmp/claim")
	key=$(sed 's/.*"key":"\([^"]*\)".*/\1/' "$tmp/claim")
}
# proof FILE: of the last claim, as somebody with these bytes makes it.
proof() {
	sed 's/},{/\n/g' "$tmp/claim" | sed -n 's/.*"offset":\([0-9]*\),"length":\([0-9]*\).*/\1 \2/p' |
		while read -r offset length; do
			dd if="$1" iflag=skip_bytes,count_bytes skip="$offset" count="$length" status=none
		done | openssl dgst -sha256 -mac HMAC -macopt hexkey:"${2:-$key}" | sed 's/.* //'
}
prove() { api POST /file/instant -d "challenge=$challenge" -d "proof=$(proof "$1")" "${@:2}"; }
instant() { claim "$@" && prove "$1"; }
# What was said: everything but which request it was, and when.
said() {
	echo "$status"
	sed '/^Date:/d; /^X-Request-Id:/d' "$tmp/headers"
	sed 's/"request":"[^"]*"//' "$tmp/body"
}
# As for bytes that nobody has, and nothing has come of it.
refused() {
	said >"$tmp/said"
	cmp "$tmp/said" "$tmp/nobody" || fail "$1: $(cat "$tmp/said")"
	[ "$(sql 'SELECT COUNT(*) FROM entry')" = "$entries" ] || fail "$1: there is a file"
}
settled() { entries=$(sql 'SELECT COUNT(*) FROM entry'); }
shows() { api GET "/file/download?path=/$1" && cmp "$tmp/body" "$2" || fail "$1 has other bytes"; }
put() { api PUT "/file/upload?name=$1" -T "$2" && [[ $status = 20[01] ]] || fail "$request: $status"; }
delete() { api POST /file/delete -d "id=$1" "${@:2}" && expect_status 200; }

user ben
ben=$token
user ann
ann=$token
printf 'a little' >"$tmp/small"
: >"$tmp/empty"
head -c $((1 << 20)) /dev/urandom >"$tmp/whole"
head -c 3000000 /dev/urandom >"$tmp/large"
printf 'what nobody has' >"$tmp/unknown"
hash=$(sha "$tmp/small")

# What is asked for. The answer is as a PUT's, and the file is as if it had been sent.
for file in small empty whole large; do
	put $file "$tmp/$file"
	python3 -c 'import json, sys; d = json.load(open(sys.argv[1])); del d["id"], d["name"]; print(d)' "$tmp/body" >"$tmp/sent"
	claim "$tmp/$file" "instant $file"
	[ "$(json 'd["seconds"], len(bytes.fromhex(d["key"])), sorted(d)')" = \
		"(60, 32, ['challenge', 'key', 'ranges', 'seconds'])" ] || fail 'the claim is answered otherwise'
	case $file in
	empty) expect_body '"ranges":\[\]' ;;
	small) expect_body '"ranges":\[\{"offset":0,"length":8\}\]' ;;
	whole) expect_body '"ranges":\[\{"offset":0,"length":1048576\}\]' ;;
	large) [ "$(json '(len(d["ranges"]), {r["length"] for r in d["ranges"]},
		d["ranges"] == sorted(d["ranges"], key=lambda r: r["offset"]),
		all(r["offset"] + r["length"] <= 3000000 for r in d["ranges"]))')" = '(128, {1024}, True, True)' ] ||
		fail 'other ranges' ;;
	esac
	prove "$tmp/$file"
	expect_status 201
	expect_header Location "/file/query\\?id=$(json 'd["id"]')"
	expect_header ETag "\"$(sha "$tmp/$file")\""
	[ "$(json 'd["name"]')" = "instant $file" ] || fail 'another name'
	[ "$(python3 -c 'import json, sys; d = json.load(open(sys.argv[1])); del d["id"], d["name"]; print(d)' "$tmp/body")" = \
		"$(cat "$tmp/sent")" ] || fail 'the answer is not that to a PUT'
	shows "instant%20$file" "$tmp/$file"
done
claim "$tmp/large" x && first=$(cat "$tmp/claim")
claim "$tmp/large" x
[ "$first" != "$(cat "$tmp/claim")" ] || fail 'the same is asked for twice'

# Where the name is taken, in a folder, with all digests, from a form.
instant "$tmp/small" 'instant small'
expect_status 200
expect_body '"outcome":"unchanged"'
instant "$tmp/large" 'instant small'
expect_status 200
expect_body '"outcome":"replaced"'
shows 'instant%20small' "$tmp/large"
instant "$tmp/small" 'instant small' -d conflict=rename
expect_status 201
expect_body '"name":"instant small \(2\)"'
api POST /file/update -d action=folder -d name=F
folder=$(json 'd["id"]')
put small "$tmp/small"
digests=$(json '" ".join("-d " + a + "=" + d[a] for a in ("sha1", "md5", "crc32", "crc64"))')
# shellcheck disable=SC2086
claim "$tmp/small" f -d folder=/F $digests
prove "$tmp/small" -H 'Accept: text/html'
expect_status 303
expect_header Location "/file/query\\?folder=$folder"
instant "$tmp/small" f -d "folder=$folder" -d conflict=version
expect_status 200
api POST /file/instant -d name=f -d folder=/F -d conflict=fail -d size=8 -d "sha256=$hash"
expect_status 409
claim "$tmp/small" g -d conflict=fail
put g "$tmp/large"
prove "$tmp/small"
expect_status 409
claim "$tmp/small" g
prove "$tmp/small" -H 'If-None-Match: *'
expect_status 412
api POST /file/instant -H 'If-None-Match: *' -d name=g -d size=8 -d "sha256=$hash"
expect_status 412
api GET "/file/query?id=$folder"
"$coffer" log --user ann | grep -q 'action=upload .* name="instant large"' || fail 'it is not in the log of what was done'

# What is in the trash, or an older version of something, is one's own too; what went for good is not.
printf 'in the trash' >"$tmp/trash"
printf 'an old version' >"$tmp/old"
put trash "$tmp/trash"
trashed=$(json 'd["id"]')
delete "$trashed"
instant "$tmp/trash" again
expect_status 201
delete "$(json 'd["id"]')" -d forever=1
put old "$tmp/old"
put old "$tmp/small"
instant "$tmp/old" again
expect_status 201
delete "$(json 'd["id"]')" -d forever=1

# From here on nobody gets anything.
settled
claim "$tmp/unknown" n
prove "$tmp/unknown"
expect_status 404
expect_body '"that is not proven; send the bytes"'
said >"$tmp/nobody"

# Who has the digest, and not the bytes.
claim "$tmp/large" n
api POST /file/instant -d "challenge=$challenge" -d "proof=$(printf '' | openssl dgst -sha256 -mac HMAC -macopt hexkey:"$key" | sed 's/.* //')"
refused 'a proof without bytes'
claim "$tmp/large" n
api POST /file/instant -d "challenge=$challenge" -d "proof=$(sha "$tmp/large")"
refused 'the digest as a proof'
for bad in '' 00 xyz "$key" "$(printf '%064d' 0)" "$(head -c 4000 /dev/zero | tr '\0' a)"; do
	claim "$tmp/small" n
	api POST /file/instant -d "challenge=$challenge" -d "proof=$bad"
	refused "the proof '$bad'"
done
claim "$tmp/small" n
api POST /file/instant -d "challenge=$challenge"
refused 'no proof'
claim "$tmp/small" n
right=$(proof "$tmp/small")
for bad in "${right%??}" "${right}00" "0x$right" "${right:2}${right:0:2}"; do
	api POST /file/instant -d "challenge=$challenge" -d "proof=$bad"
	refused "the proof '$bad' for '$right'"
	claim "$tmp/small" n
	right=$(proof "$tmp/small")
done
# Who has nearly all of the bytes.
claim "$tmp/large" n
cp "$tmp/large" "$tmp/part"
last=$(json 'd["ranges"][-1]["offset"] + 1023')
printf '\1' | dd of="$tmp/part" bs=1 seek="$last" conv=notrunc status=none
cmp -s "$tmp/part" "$tmp/large" && printf '\2' | dd of="$tmp/part" bs=1 seek="$last" conv=notrunc status=none
prove "$tmp/part"
refused 'one byte that is wrong'
claim "$tmp/large" n
other=$key
claim "$tmp/large" n
api POST /file/instant -d "challenge=$challenge" -d "proof=$(proof "$tmp/large" "$other")"
refused "the key of another challenge"
# What is said of the bytes besides, and is not true.
for wrong in sha1=$(printf '%040d' 1) md5=$(printf '%032d' 1) crc32=00000001 crc64=0000000000000001; do
	claim "$tmp/small" n -d "$wrong"
	prove "$tmp/small"
	refused "$wrong"
done
api POST /file/instant -d name=n -d size=9 -d "sha256=$hash"
asked
prove "$tmp/small"
refused 'another size'

# A proof is good once, for who was asked for it, for a minute.
claim "$tmp/small" once
right=$(proof "$tmp/small")
api POST /file/instant -d "challenge=$challenge" -d proof=00
refused 'a wrong proof'
api POST /file/instant -d "challenge=$challenge" -d "proof=$right"
refused 'the right one after it'
instant "$tmp/small" once
expect_status 201
delete "$(json 'd["id"]')" -d forever=1
prove "$tmp/small"
refused 'the same proof again'
claim "$tmp/small" n
sql 'UPDATE challenge SET expires = UNIX_TIMESTAMP(NOW(3)) * 1000'
prove "$tmp/small"
refused 'an expired challenge'
"$sweeper" 2>>"$var/log/sweeper.log" || fail 'the sweeper fails'
[ "$(sql 'SELECT COUNT(*) FROM challenge')" = 0 ] || fail 'the sweeper leaves expired challenges'
for bad in '' 0 "$challenge$challenge" "$(head -c 4000 /dev/zero | tr '\0' a)"; do
	api POST /file/instant -d "challenge=$bad" -d "proof=$right"
	refused "the challenge '$bad'"
done
claim "$tmp/small" n
sql "SELECT COUNT(*) FROM challenge WHERE token_hash = 0x$(printf %s "$challenge" | sha256sum | cut -c-64)
	AND expires BETWEEN UNIX_TIMESTAMP(NOW(3)) * 1000 + 40000 AND UNIX_TIMESTAMP(NOW(3)) * 1000 + 60000" | grep -qx 1 ||
	fail 'a challenge is not kept for a minute by its digest'
token=$ben
prove "$tmp/small"
refused "a proof for another user's challenge"
token=$ann
prove "$tmp/small"
expect_status 201
delete "$(json 'd["id"]')" -d forever=1

# At most a hundred at a time; the older ones go.
claim "$tmp/small" n
oldest=$challenge oldest_proof=$(proof "$tmp/small")
sql 'UPDATE challenge SET expires = expires - 1000'
many() {
	for ((i = 0; i < $1; i++)); do
		printf '%s\n' next "url = $url/file/instant" silent fail "output = $tmp/null" "header = \"Authorization: Bearer $token\"" \
			"data = \"name=n&size=8&sha256=$hash\""
	done | sed 1d | curl --parallel --no-progress-meter -K - || fail 'a claim fails'
}
many 120
[ "$(sql 'SELECT COUNT(*) FROM challenge')" = 100 ] || fail 'not a hundred challenges'
api POST /file/instant -d "challenge=$oldest" -d "proof=$oldest_proof"
refused 'the oldest of too many'

# Somebody else's file, by who has its bytes; and then it is one's own.
token=$ben
claim "$tmp/large" n
prove "$tmp/large"
refused "somebody else's file"
claim "$tmp/trash" n
prove "$tmp/trash"
refused "somebody else's trash"
claim "$tmp/old" n
prove "$tmp/old"
refused "somebody else's older version"
put mine "$tmp/large"
instant "$tmp/large" n
expect_status 201
delete "$(json 'd["id"]')" -d forever=1
token=$ann
settled

# Where it is to go, by whom.
wrong() { api POST /file/instant "${@:2}" && expect_status "$1"; }
wrong 400 -d size=8 -d "sha256=$hash"
wrong 400 -d name=n -d "sha256=$hash"
wrong 400 -d name=n -d size=8
wrong 400 -d name=n -d size=8 -d sha256=
wrong 400 -d name=n -d size=8 -d "sha256=${hash%??}"
wrong 400 -d name=n -d size=8 -d "sha256=${hash}00"
wrong 400 -d name=n -d size=8 -d "sha256=${hash%?}x"
wrong 400 -d name=n -d size=8 -d "sha256=$hash" -d "sha256=$hash"
for digest in md5=0 sha1=ff crc32=x crc64=00; do wrong 400 -d name=n -d size=8 -d "sha256=$hash" -d $digest; done
for bad in -1 -9223372036854775808 0x8 8.0 8e0 ' 8' 18446744073709551616 99999999999999999999999999; do
	wrong 400 -d name=n --data-urlencode "size=$bad" -d "sha256=$hash"
done
for bad in 9223372036854775807 9223372036854775808 18446744073709551615 1125899906842625; do
	wrong 413 -d name=n -d "size=$bad" -d "sha256=$hash"
done
for bad in .. . a/b '' $'a\nb' $'\xff' $'a\u202eb' "$(printf 'a%.0s' {1..256})"; do
	wrong 400 --data-urlencode "name=$bad" -d size=8 -d "sha256=$hash"
done
wrong 400 -d name=n -d size=8 -d "sha256=$hash" -d conflict=never
wrong 409 -d name=F -d size=8 -d "sha256=$hash"
wrong 404 -d name=n -d size=8 -d "sha256=$hash" -d folder=/nowhere
wrong 404 -d name=n -d size=8 -d "sha256=$hash" -d folder=999999
wrong 415 -d "{\"name\": \"n\"}" -H 'Content-Type: application/json'
hostile=$'<b>"\'&; DROP --'
instant "$tmp/small" "$hostile"
expect_status 201
[ "$(json 'd["name"]')" = "$hostile" ] || fail 'another name'
delete "$(json 'd["id"]')" -d forever=1
api GET /file/instant
expect_status 405
token=$ben
wrong 404 -d name=n -d size=8 -d "sha256=$hash" -d "folder=$folder"
token= wrong 401 -d name=n -d size=8 -d "sha256=$hash"
[ "$(sql 'SELECT COUNT(*) FROM entry')" = "$entries" ] || fail 'there is a file'

# The folder went to the trash, or for good.
token=$ann
claim "$tmp/small" n -d folder=/F
delete "$folder"
settled
prove "$tmp/small"
expect_status 404
api POST /file/update -d action=restore -d "id=$folder"

# Over the quota: when it is claimed, and when it is proved.
user dan 3000100
put large "$tmp/large"
wrong 413 -d name=n -d size=3000000 -d "sha256=$(sha "$tmp/large")"
printf '%0100d' 1 >"$tmp/hundred"
put hundred "$tmp/hundred"
wrong 413 -d name=n -d size=100 -d "sha256=$(sha "$tmp/hundred")"
delete "$(sql "SELECT id FROM entry WHERE name = 'hundred'")"
"$coffer" user quota dan 3000200 >"$tmp/null" || fail 'no other quota'
claim "$tmp/hundred" n
"$coffer" user quota dan 3000150 >"$tmp/null" || fail 'no other quota'
prove "$tmp/hundred"
expect_status 413

# Tokens that are not for everything.
limited() { token=$ann && api POST /user/account -d action=token -d label=t "$@" && token=$(json 'd["token"]'); }
limited -d access=read
wrong 403 -d name=n -d size=8 -d "sha256=$hash"
limited -d folder=/F
wrong 404 -d name=n -d size=8 -d "sha256=$hash" -d folder=1
settled
claim "$tmp/large" n
prove "$tmp/large"
refused 'bytes outside the folder that a token is for'
instant "$tmp/small" 'below F'
expect_status 201
[ "$(sql "SELECT parent FROM entry WHERE name = 'below F'")" = "$folder" ] || fail 'it is in another folder'
confined=$token token=$ann
settled
claim "$tmp/small" n
token=$confined
prove "$tmp/small"
refused 'a challenge that was not for this token'
token=$ann
prove "$tmp/small"
expect_status 201

# In a browser, a form of our own page's only.
printf 'correct horse\n' | "$coffer" user passwd ann --stdin
token=
browser() { api "$1" "$2" -b "$tmp/jar" -c "$tmp/jar" -H 'Accept: text/html' "${@:3}"; }
csrf() { grep -o 'name="csrf" value="[^"]*"' "$tmp/body" | head -1 | sed 's/.*value="//; s/"$//'; }
browser GET /user/signin
browser POST /user/signin --data-urlencode "csrf=$(csrf)" -d name=ann -d 'password=correct horse'
browser GET /
form=$(csrf)
browser POST /file/instant -d name=web -d size=8 -d "sha256=$hash"
expect_status 403
browser POST /file/instant -d name=web -d size=8 -d "sha256=$hash" -d "csrf=$form"
expect_status 200
asked
right=$(proof "$tmp/small")
browser POST /file/instant -d "challenge=$challenge" -d "proof=$right"
expect_status 403
browser POST /file/instant -d "challenge=$challenge" -d "proof=$right" -d "csrf=$form" -H 'Origin: http://evil.example'
expect_status 403
browser POST /file/instant -d "challenge=$challenge" -d "proof=$right" -d "csrf=$form"
expect_status 303
token=$ann
shows web "$tmp/small"

# Bytes that go, and bytes that are not where they should be.
settled
claim "$tmp/whole" n
sql "UPDATE \`blob\` SET doomed = TRUE WHERE sha256 = 0x$(sha "$tmp/whole")"
prove "$tmp/whole"
refused 'a doomed blob'
sql "UPDATE \`blob\` SET doomed = FALSE WHERE sha256 = 0x$(sha "$tmp/whole")"
claim "$tmp/whole" n
sql "UPDATE copy SET damaged = 1 WHERE sha256 = 0x$(sha "$tmp/whole")"
prove "$tmp/whole"
refused 'a damaged copy'
sql "UPDATE copy SET damaged = NULL WHERE sha256 = 0x$(sha "$tmp/whole")"
local=$var/store/blob/$(sha "$tmp/whole" | cut -c-2)/$(sha "$tmp/whole")
mv "$local" "$tmp/kept"
for name in n whole; do
	claim "$tmp/whole" $name
	prove "$tmp/whole"
	refused "bytes that are gone, for $name"
done
: >"$local"
claim "$tmp/whole" n
prove "$tmp/whole"
refused 'bytes that were cut off'
rm "$local"
put sent "$tmp/whole"
instant "$tmp/whole" back
expect_status 201
shows back "$tmp/whole"
"$coffer" fsck --read >"$tmp/fsck" || fail "$(cat "$tmp/fsck")"

# The whole machine's bytes, also those that nobody refers to any more but that are not removed yet.
setting upload instant instance instant
token=$ben
instant "$tmp/small" bens
expect_status 201
shows bens "$tmp/small"
# Bytes of others that take long to read are as good as none: how long would tell.
head -c 3000000 /dev/urandom >"$tmp/anns"
token=$ann
put anns "$tmp/anns"
token=$ben
trace "$(serving instant)" -e trace=pread64 -e inject=pread64:delay_enter=300000
instant "$tmp/anns" n
untrace
expect_status 404
instant "$tmp/anns" anns
expect_status 201
settled
claim "$tmp/whole" n
prove "$tmp/large"
refused 'other bytes'
printf 'soon gone' >"$tmp/soon"
put soon "$tmp/soon"
delete "$(json 'd["id"]')" -d forever=1
[ "$(sql "SELECT refs FROM \`blob\` WHERE sha256 = 0x$(sha "$tmp/soon")")" = 0 ] || fail 'somebody refers to it'
claim "$tmp/soon" n
sql "UPDATE \`blob\` SET doomed = TRUE WHERE sha256 = 0x$(sha "$tmp/soon")"
prove "$tmp/soon"
refused 'bytes that go'
sql "UPDATE \`blob\` SET doomed = FALSE WHERE sha256 = 0x$(sha "$tmp/soon")"
instant "$tmp/soon" kept
expect_status 201
shows kept "$tmp/soon"
python3 tests/endpoint/instant.py guesses "$url" "$ben" "$tmp/whole" $few || fail 'wrong proofs differ in time'
setting upload instant off instant
api POST /file/instant -d name=n -d size=8 -d "sha256=$hash"
expect_status 403
expect_body 'instant upload is switched off here'
setting upload instant user instant

python3 tests/endpoint/instant.py claims "$url" "$ben" "$tmp/hundred" $few || fail 'the answers to claims differ in time'
python3 tests/endpoint/instant.py proofs "$url" "$ben" "$tmp/hundred" $few || fail 'the refusals differ in time'
"$coffer" fsck --read || fail fsck
