#!/bin/bash
# archives: a folder as a zip, a tar or a list of digests, streamed; a broken one is seen to be broken
. "$(dirname "$0")/lib.sh"
user ann

put() { api PUT "/file/upload?folder=$1&name=$2" -T "$3" && expect_status 201; }
folder() { api POST /file/update -d action=folder -d "folder=$1" --data-urlencode "name=$2" && expect_status 201; }
long=$(printf 'n%.0s' $(seq 240))
printf hello >"$tmp/hello"
: >"$tmp/empty"
head -c 300000 /dev/urandom >"$tmp/random"
folder / Tree
tree=$(json 'd["id"]')
folder /Tree '记录 & "more"'
inner=$(json 'd["id"]')
folder /Tree 'nothing in it'
put /Tree a.txt "$tmp/hello"
put /Tree empty "$tmp/empty"
put "$inner" "$long" "$tmp/random"
put "$inner" '%F0%9F%98%80%20%3Cb%3E.txt' "$tmp/hello"
put "$inner" '%27.txt' "$tmp/hello"
# More entries than are read from the database at a time.
folder "$inner" many
sql "INSERT INTO entry (owner, parent, name, folder, sha256, size, created, modified)
	SELECT owner, $(json 'd["id"]'), CONCAT('m', LPAD(seq, 4, '0')), FALSE, sha256, size, created, modified
	FROM entry, seq_1_to_450 WHERE name = 'a.txt'"

whole() {
	[ "$(find "$1" -type f | wc -l)" = 455 ] || fail "$2: not all files"
	cmp "$1/Tree/记录 & \"more\"/$long" "$tmp/random" || fail "$2: other bytes"
	[ -d "$1/Tree/nothing in it" ] || fail "$2: no empty folder"
	[ -f "$1/Tree/empty" ] && [ ! -s "$1/Tree/empty" ] || fail "$2: no empty file"
	for algorithm in sha256 sha1 md5; do
		api GET "/file/download?id=/Tree&as=$algorithm"
		expect_status 200
		(cd "$1" && ${algorithm}sum --quiet -c "$tmp/body") || fail "$2: ${algorithm}sum -c"
		[ "$(wc -l <"$tmp/body")" = 455 ] || fail "$2: not a line for each file"
	done
}

api GET "/file/download?id=$tree&as=zip"
expect_status 200
expect_header Content-Type application/zip
expect_header Content-Disposition 'filename="Tree.zip"'
mkdir "$tmp/zip" "$tmp/tar"
python3 - "$tmp/body" "$tmp/zip" <<'END' || fail 'not a zip'
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as z:
    assert z.testzip() is None
    assert all(i.compress_type == zipfile.ZIP_STORED and i.flag_bits & 0x800 for i in z.infolist())
    z.extractall(sys.argv[2])
END
whole "$tmp/zip" zip
api GET "/file/download?id=$tree&as=tar"
expect_status 200
expect_header Content-Disposition 'filename="Tree.tar"'
tar -C "$tmp/tar" -xf "$tmp/body" || fail 'not a tar'
whole "$tmp/tar" tar

# The root, several at once, a file, nothing that is not there.
api GET '/file/download?id=/&as=zip'
expect_header Content-Disposition 'filename="Files.zip"'
python3 -c 'import sys, zipfile; assert "Tree/a.txt" in zipfile.ZipFile(sys.argv[1]).namelist()' "$tmp/body" || fail 'the root'
api GET '/file/download?id=/Tree/empty&id=/Tree/a.txt&as=sha256'
[ "$(cat "$tmp/body")" = "$(cd "$tmp" && sha256sum empty hello | sed 's/hello$/a.txt/')" ] || fail 'two files'
api HEAD "/file/download?id=$tree&as=zip" -I
expect_status 200
api GET "/file/download?id=$tree&as=rar"
expect_status 400
api GET '/file/download?id=99999&as=zip'
expect_status 404
user bob
api GET "/file/download?id=$tree&as=zip"
expect_status 404
token=$("$coffer" user token ann)

# Memory does not grow with what goes out, nor does a client that leaves keep anything.
head -c 200000000 /dev/zero >"$tmp/big"
put /Tree big "$tmp/big"
download=$(pgrep -P "$(cat "$var/run/keeper.pid")" -f /cgi-bin/download$)
peak() { awk '/VmHWM/ {print $2}' "/proc/$download/status"; }
before=$(peak)
api GET "/file/download?id=$tree&as=zip"
[ "$(stat -c %s "$tmp/body")" -gt 200000000 ] || fail 'the zip is too short'
[ $(($(peak) - before)) -lt 16000 ] || fail "the program grew by $(($(peak) - before)) KiB"
for ((i = 0; i < 5; i++)); do
	curl -sS -m 1 --limit-rate 100k -o "$tmp/null" -H "Authorization: Bearer $token" "$url/file/download?id=$tree&as=zip" 2>"$tmp/null"
done
gone() { grep -c 'broken="the client is gone"' "$var/log/keeper.log"; }
for ((i = 0; i < 200 && $(gone) < 5; i++)); do sleep 0.05; done
[ "$(gone)" = 5 ] || fail 'a client that left was not noticed'
[ -z "$(find "$var/store/staging" -type f)" ] || fail 'scratch was kept'

# Bytes that are not as they should be end the connection before the archive looks complete.
truncate -s 100 "$(find "$var/store/blob" -name "$(sha256sum <"$tmp/random" | cut -d' ' -f1)")"
for as in zip tar; do
	curl -sS -o "$tmp/broken" -H "Authorization: Bearer $token" "$url/file/download?id=$tree&as=$as" 2>"$tmp/null" &&
		fail "a broken $as looks whole"
done
true
