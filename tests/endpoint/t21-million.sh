#!/bin/bash
# A folder of 1,000,000 entries: each page costs what the first does, in rows that the database
# examines, in every order; search, digests, trash, restore, delete and fsck stay within limits.
. "$(dirname "$0")/lib.sh"
user ann
owner=$(sql "SELECT id FROM user WHERE name = 'ann'")
folder() {
	api POST /file/update -d action=folder -d "name=$1"
	expect_status 201
	json 'd["id"]'
}
big=$(folder Big) marks=$(folder Marks)

# Twenty files of 1 to 20 bytes, and then 50,000 entries of each, so that many share a size and a
# time; times fall where sizes rise. Two sessions, in the order of the keys, are the quickest way.
for ((i = 1; i <= 20; i++)); do
	printf 'f%.0s' $(seq $i) >"$tmp/f$i"
	files+=(-F "file=@$tmp/f$i")
done
api POST /file/upload "${files[@]}"
expect_status 201
entries() {
	local i
	echo 'SET sql_log_bin = 0, unique_checks = 0;'
	for ((i = $1; i < $1 + 10; i++)); do
		echo "INSERT INTO entry (owner, parent, name, folder, sha256, size, created, modified)
			SELECT $owner, $big, CONCAT('n', LPAD(seq, 7, '0')), FALSE, sha256, size, 0, 1000 - size
			FROM \`blob\`, seq_$((i * 50000 - 49999))_to_$((i * 50000)) WHERE size = $i;"
	done
}
for from in 1 11; do
	sql "$(entries $from)" &
	loading+=($!)
done
wait "${loading[@]}"
sql "UPDATE \`blob\` SET refs = refs + 50000; UPDATE user SET used = used + 50000 * 210 WHERE id = $owner"
[ "$(sql "SELECT COUNT(*) FROM entry WHERE owner = $owner AND parent = $big")" = 1000000 ] || fail 'no million entries'

# Nobody else asks the database now: a sweeper leaves while we hold its lock.
exec 8>>"$var/store/sweeper.lock"
flock 8

# Rows that the database has read, or has looked at in an index to pass over them.
examined() {
	sql "SHOW GLOBAL STATUS LIKE 'Handler_%'" | awk '/_read_|_icp_attempts/ {n += $2} /_icp_match/ {n -= $2} END {print n}'
}
own=$(examined) && own=$(($(examined) - own))
# rows METHOD PATH [CURL_OPTION...]: a request as by api; $rows is what it cost.
rows() {
	local before
	before=$(examined)
	api "$@"
	expect_status 200
	rows=$(($(examined) - before - own))
}
# page QUERY NAME [KIND]: the page after Big's entry of that name, in that order; $after is its place,
# learnt from a folder in which the same entry stands before the last.
page() {
	sql "DELETE FROM entry WHERE owner = $owner AND parent = $marks;
		INSERT INTO entry (owner, parent, name, folder, size, created, modified)
		SELECT owner, $marks, name, TRUE, size, created, modified FROM entry
		WHERE owner = $owner AND parent = $big AND name = '$2'
		UNION ALL SELECT $owner, $marks, '!', TRUE, 0, 0, 0 UNION ALL SELECT $owner, $marks, '~', TRUE, 99, 0, 9999"
	api GET "/file/query?folder=$marks&limit=2&$1"
	expect_status 200
	after=$(json 'd["next"]')
	rows GET "/file/query?folder=$big&limit=100&$1&after=$after"
}

# ORDER, the last 100 begin after this; a middle and a seam of two sizes are the same for all.
while read -r sort order end; do
	query="sort=$sort&order=$order"
	rows GET "/file/query?folder=$big&limit=100&$query"
	first=$rows
	[ "$first" -lt 150 ] || fail "$first rows for the first page of 100, $query"
	rows GET "/file/query?folder=$big&limit=100&$query" -H 'Accept: text/html'
	[ "$rows" -le $((first + 10)) ] || fail "$rows rows for the first page in HTML, $query"
	next=n052$([ "$order" = asc ] && echo 5001 || echo 4999)
	for name in n0525000 n0549950 n0500051 "$end"; do
		page "$query" "$name"
		[ "$rows" -le $((first + 10)) ] || fail "$rows rows for the page after $name, $first for the first, $query"
		case $name in n0525000) wanted="100 $next True" ;; "$end") wanted='100 .* False' ;; *) wanted='100 .* True' ;; esac
		json 'len(d["entries"]), d["entries"][0]["name"], "next" in d' >"$tmp/page"
		tr -d "(,')" <"$tmp/page" | grep -qx "$wanted" || fail "$(cat "$tmp/page") after $name, $query"
		[ "$name" != n0525000 ] || rows GET "/file/query?folder=$big&limit=100&$query&after=$after" -H 'Accept: text/html'
		[ "$rows" -le $((first + 10)) ] || fail "$rows rows for the page after $name in HTML, $query"
	done
done <<'END_OF_TABLE'
name asc  n0999900
name desc n0000101
size asc  n0999900
size desc n0000101
time asc  n0049900
time desc n0950101
END_OF_TABLE
sql "DELETE FROM entry WHERE owner = $owner AND parent = $marks"

# A search looks at the names of its user, each once, up to the last hit that it shows.
rows GET '/file/query?q=9N'
[ "$(json 'len(d["entries"])')" = 0 ] || fail search
[ "$rows" -lt 1000100 ] || fail "$rows rows for a search of a million names"
rows GET '/file/query?q=n'
[ "$(json 'len(d["entries"])')" = 200 ] || fail 'a search shows 200'
[ "$rows" -lt 300 ] || fail "$rows rows for a search that has its 200 at once"
# A lookup by digest reads what it shows.
for algorithm in sha256 crc32; do
	api GET '/file/query?id=/f7'
	digest=$(json "d['digests']['$algorithm']")
	rows GET "/file/query?$algorithm=$digest"
	[ "$(json 'len(d["entries"]), {e["size"] for e in d["entries"]}')" = '(200, {7})' ] || fail "by $algorithm"
	[ "$rows" -lt 450 ] || fail "$rows rows for 200 files of one $algorithm"
done

# What all of them use together is known within the time limit of a statement.
api GET /user/storage
expect_status 200
[ "$(json 'd["places"][0]["bytes"]')" = 10500000 ] || fail "$(cat "$tmp/body")"

# To the trash and back is one row. What is in the trash hides nothing that is not from a search.
printf x >"$tmp/x"
api PUT '/file/upload?name=zn' -T "$tmp/x"
expect_status 201
rows POST /file/delete -d "id=$big"
[ "$rows" -lt 50 ] || fail "$rows rows to trash a folder"
api GET '/file/query?q=n0'
expect_status 200
[ "$(json 'len(d["entries"])')" = 0 ] || fail 'a search finds what is in the trash'
api GET '/file/query?q=n'
[ "$(json '[e["name"] for e in d["entries"]]')" = "['zn']" ] || fail 'a search does not see past the trash'
rows POST /file/update -d action=restore -d "id=$big"
[ "$rows" -lt 50 ] || fail "$rows rows to restore a folder"

# Emptying a trash of 100,000 entries, and one of this folder: what is left to free is the
# sweeper's, and every count adds up in between.
api POST /file/delete -d "id=$big"
sql "UPDATE entry SET was_parent = parent, was_name = name, trashed = 1000, parent = 1,
	name = CONCAT(LPAD(trashed, 16, '0'), '-', id) WHERE owner = $owner AND parent = $big LIMIT 100000"
api POST /file/delete -d trash=empty
expect_status 200
expect_body '"deleted":100001'
api GET '/file/query?folder=trash'
[ "$(json 'len(d["entries"])')" = 0 ] || fail 'the trash is not empty'
rows POST /file/delete -d "id=$(sql "SELECT id FROM entry WHERE owner = $owner AND parent = 0 AND name = 'f1'")" -d forever=1
[ "$rows" -lt 30000 ] || fail "$rows rows to free a thousand"
[ "$(sql "SELECT COUNT(*) FROM entry")" -lt 998100 ] || fail 'nothing was freed'

# The checker looks at all of it, and finds the one thing that is wrong.
"$coffer" fsck --read >"$tmp/body" || fail fsck
sql "UPDATE \`blob\` SET refs = refs - 1 WHERE size = 7"
! "$coffer" fsck >"$tmp/body" || fail 'fsck does not see a wrong count'
expect_body 'blob has a wrong count of references'
