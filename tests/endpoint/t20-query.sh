#!/bin/bash
# query: a folder by name, size and time, page by page; details; search; lookup by digest
. "$(dirname "$0")/lib.sh"
user bob
printf 'secret of bob' >"$tmp/bob"
api PUT '/file/upload?name=bob.txt' -T "$tmp/bob"
bob_id=$(json 'd["id"]')
user ann
api POST /file/update -d action=folder -d name=Pictures
expect_status 201
folder=$(json 'd["id"]')
for i in 1 2 3 4 5 6 7; do
	head -c $((8 - i)) /dev/zero >"$tmp/f$i"
	api PUT "/file/upload?folder=/Pictures&name=img-$i.jpg" -T "$tmp/f$i"
	expect_status 201
done

# Each order, in pages of three, gives each entry once.
names() {
	local after='' all=''
	while :; do
		api GET "/file/query?folder=$folder&limit=3&$1&after=$after"
		expect_status 200
		all+=$(json '"".join(e["name"][4] for e in d["entries"])')
		after=$(json 'd.get("next", "")')
		[ -n "$after" ] || break
	done
	echo "$all"
}
[ "$(names sort=name)" = 1234567 ] || fail 'by name'
[ "$(names 'sort=name&order=desc')" = 7654321 ] || fail 'by name, down'
[ "$(names sort=size)" = 7654321 ] || fail 'by size'
[ "$(names 'sort=size&order=desc')" = 1234567 ] || fail 'by size, down'
[ "$(names sort=time)" = 1234567 ] || fail 'by time'
[ "$(names 'sort=time&order=desc')" = 7654321 ] || fail 'by time, down'
# Those that share a size or a time stand by name; a page that ends among them loses none.
pictures=$folder
api POST /file/update -d action=folder -d name=Alike
folder=$(json 'd["id"]')
sql "INSERT INTO entry (owner, parent, name, folder, size, created, modified)
	SELECT owner, id, CONCAT('img-', seq), TRUE, 2 - seq DIV 4, 0, seq MOD 2
	FROM entry, seq_1_to_9 WHERE id = $folder"
[ "$(names sort=name)" = 123456789 ] || fail 'alike, by name'
[ "$(names sort=size)" = 894567123 ] || fail 'alike, by size'
[ "$(names 'sort=size&order=desc')" = 321765498 ] || fail 'alike, by size, down'
[ "$(names sort=time)" = 246813579 ] || fail 'alike, by time'
[ "$(names 'sort=time&order=desc')" = 975318642 ] || fail 'alike, by time, down'
sql "DELETE FROM entry WHERE parent = $folder"
folder=$pictures
for query in sort=colour order=up limit=0 limit=10001 limit=x after=x after=MS4yLjMuNC7_ folder=none folder=-1; do
	api GET "/file/query?$query"
	expect_status 400
done

# Details, search in any case, digests.
api GET '/file/query?id=/Pictures/img-1.jpg'
expect_status 200
id=$(json 'd["id"]')
for algorithm in sha256 sha1 md5 crc32 crc64; do
	digest=$(json "d['digests']['$algorithm']")
	api GET "/file/query?$algorithm=$digest"
	[ "$(json '[e["name"] for e in d["entries"]]')" = "['img-1.jpg']" ] || fail "by $algorithm"
	api GET "/file/query?$algorithm=00"
	expect_status 400
	api GET "/file/query?id=$id"
done
api GET '/file/query?q=IMG-'
[ "$(json 'len(d["entries"])')" = 7 ] || fail 'search'
api GET '/file/query?q=%25'
[ "$(json 'len(d["entries"])')" = 0 ] || fail 'a percent sign is no wildcard'

# What is somebody else's is not there.
api GET "/file/query?id=$bob_id"
expect_status 404
cp "$tmp/body" "$tmp/foreign"
api GET '/file/query?id=987654321'
expect_status 404
diff <(sed 's/"request":.*//' "$tmp/foreign") <(sed 's/"request":.*//' "$tmp/body") || fail 'foreign and absent differ'
api GET "/file/query?sha256=$(sha256sum <"$tmp/bob" | cut -d' ' -f1)"
[ "$(json 'len(d["entries"])')" = 0 ] || fail 'a digest gave a foreign file'
api POST /file/query -d a=b
expect_status 405
