#!/bin/bash
# An archive of many files: whatever tar has made it, each file comes in bit exact under its path, or
# is refused with a sentence and keeps no other out; what is damaged or cut leaves nothing half done.
. "$(dirname "$0")/lib.sh"
user ann

# send FILE [QUERY [CURL_ARG...]]: an archive.
send() {
	api POST "/file/upload?${2:-folder=/}" -H 'Content-Type: application/x-tar' -H Expect: --data-binary "@$1" "${@:3}"
}
# What has become of each file in the answer: lines of "OUTCOME PATH", or of a status.
each() { json '"\n".join(str(f.get("status", f.get("outcome"))) + " " + f["path"] for f in d["files"])'; }
left() { sql "SELECT COUNT(*) FROM entry WHERE owner = (SELECT id FROM user WHERE name = 'ann')"; }
no_staging() { [ -z "$(find "$var/store/staging" -type f)" ] || fail "$request: staging was kept"; }
# same FOLDER DIR: what is in the folder is what is in the directory, names and bytes.
same() {
	rm -rf "$tmp/back" && mkdir "$tmp/back"
	api GET "/file/download?id=$1&as=tar"
	expect_status 200
	tar -C "$tmp/back" --strip-components=1 -xf "$tmp/body" || fail "$1: not a tar"
	diff -r "$tmp/back" "$2" >"$tmp/diff" || fail "$1 is not $2: $(head -3 "$tmp/diff")"
}

# Real archives of files small and large, empty, deep and with long and foreign names.
mkdir -p "$tmp/tree/d/$(printf 'deep%.0s/' {1..40})" "$tmp/tree/照片/2024" "$tmp/tree/empty folder"
printf '' >"$tmp/tree/nothing"
for size in 1 511 512 513 4096 131071 131072 131073 1048576 3000000; do head -c $size /dev/urandom >"$tmp/tree/d/$size"; done
printf deep >"$tmp/tree/d/$(printf 'deep%.0s/' {1..40})$(printf 'n%.0s' {1..200})"
printf unicode >"$tmp/tree/照片/2024/日落 é.jpg"
printf quote >"$tmp/tree/it's \"q\" <b> & c%20"
for format in gnu pax posix; do
	api POST /file/update -d action=folder -d name=$format
	tar -C "$tmp/tree" --format=$format -cf "$tmp/$format.tar" .
	send "$tmp/$format.tar" "folder=/$format"
	expect_status 201
	same "/$format" "$tmp/tree"
done
python3 - "$tmp" <<'END'
import sys, tarfile
for name, kind in ("python-gnu", tarfile.GNU_FORMAT), ("python-pax", tarfile.PAX_FORMAT):
    with tarfile.open(f"{sys.argv[1]}/{name}.tar", "w", format=kind) as tar:
        tar.add(f"{sys.argv[1]}/tree", "tree")
END
for format in python-gnu python-pax; do
	api POST /file/update -d action=folder -d name=$format
	send "$tmp/$format.tar" "folder=/$format"
	expect_status 201
	same "/$format/tree" "$tmp/tree"
done
# ustar and V7 know no long names.
find "$tmp/tree" -name 'n*' -size -2 ! -name nothing -delete
rm -r "$tmp/tree/d/deep" "$tmp/tree/照片"
for format in ustar v7; do
	api POST /file/update -d action=folder -d name=$format
	tar -C "$tmp/tree" --format=$format -cf "$tmp/$format.tar" .
	send "$tmp/$format.tar" "folder=/$format"
	expect_status 201
	same "/$format" "$tmp/tree"
done
no_staging

# The same once more: all is there already.
count=$(left)
send "$tmp/ustar.tar" 'folder=/ustar'
expect_status 201
[ "$(json 'set(f["outcome"] for f in d["files"])')" = "{'unchanged'}" ] || fail 'not all unchanged'
[ "$(left)" = "$count" ] || fail 'the same archive makes more entries'

# 2,000 files, and one that is among them already.
python3 - "$tmp/many.tar" "$tmp/many" <<'END'
import io, os, sys, tarfile
with tarfile.open(sys.argv[1], "w") as tar:
    for i in range(2000):
        data = b"" if i == 1234 else os.urandom(4096)
        info = tarfile.TarInfo(f"f{i % 7}/{i}")
        info.size = len(data)
        tar.addfile(info, io.BytesIO(data))
END
mkdir "$tmp/many" && tar -C "$tmp/many" -xf "$tmp/many.tar"
api POST /file/update -d action=folder -d name=many
api POST /file/update -d action=folder -d name=f3 -d folder=/many
api PUT '/file/upload?folder=/many/f3&name=1578' -T "$tmp/many/f4/4"
send "$tmp/many.tar" 'folder=/many'
expect_status 201
[ "$(json 'len(d["files"]), sum(f["outcome"] == "created" for f in d["files"])')" = '(2000, 1999)' ] || fail 'not 2,000 files'
[ "$(json '[f["path"] for f in d["files"]] == [f"f{i % 7}/{i}" for i in range(2000)]')" = True ] || fail 'not in order'
[ "$(json 'd["files"][1578]["outcome"]')" = replaced ] || fail 'not replaced'
sum=$(sha256sum <"$tmp/many/f0/7" | cut -d' ' -f1)
[ "$(json 'd["files"][7]["sha256"]')" = "$sum" ] || fail 'another digest'
same /many "$tmp/many"
[ "$(sql "SELECT COUNT(*) FROM event WHERE action = 'upload' AND name REGEXP '^[0-9]{1,4}$' AND entry IN (SELECT id FROM entry)")" -ge 1999 ] ||
	fail 'not every file is on record'

# Four who send the same files at once, two of them backwards: each file is made once, and nobody is
# refused.
python3 - "$tmp/forth.tar" "$tmp/back.tar" <<'END'
import io, os, sys, tarfile
files = [(f"same{i % 5}/{i}", os.urandom(100)) for i in range(700)]
for name, order in zip(sys.argv[1:], (files, files[::-1])):
    with tarfile.open(name, "w") as tar:
        for path, data in order:
            info = tarfile.TarInfo(path)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
END
api POST /file/update -d action=folder -d name=together
senders=()
for which in forth back forth back; do
	n=${#senders[@]}
	(tmp=$tmp/sender$n && mkdir "$tmp" && send "$(dirname "$tmp")/$which.tar" 'folder=/together' && expect_status 201) &
	senders+=($!)
done
for pid in "${senders[@]}"; do wait "$pid" || fail 'one of those who send at once is refused'; done
[ "$(cat "$tmp"/sender?/body | grep -o '"outcome":"created","size"' | wc -l)" = 700 ] || fail 'a file is made twice, or never'
[ "$(sql "SELECT COUNT(*) FROM version v JOIN entry e ON e.id = v.entry JOIN entry p ON p.id = e.parent WHERE p.name LIKE 'same%'")" = 0 ] ||
	fail 'the same bytes are a version'

# conflict says what happens where a name is taken, in the archive itself too.
python3 - "$tmp/twice.tar" <<'END'
import io, sys, tarfile
with tarfile.open(sys.argv[1], "w") as tar:
    for data in b"one", b"two", b"three":
        info = tarfile.TarInfo("twice")
        info.size = len(data)
        tar.addfile(info, io.BytesIO(data))
END
send "$tmp/twice.tar"
expect_status 201
[ "$(each)" = $'created twice\nreplaced twice\nreplaced twice' ] || fail "$(each)"
api GET "/file/query?id=/twice"
[ "$(json 'len(d["versions"]), d["size"]')" = '(2, 5)' ] || fail 'not two older versions'
send "$tmp/twice.tar" 'folder=/&conflict=rename'
expect_status 201
[ "$(json '[f["name"] for f in d["files"]]')" = "['twice (2)', 'twice (3)', 'twice (4)']" ] || fail 'not renamed'
send "$tmp/twice.tar" 'folder=/&conflict=fail'
expect_status 207
[ "$(each)" = $'409 twice\n409 twice\n409 twice' ] || fail "$(each)"
send "$tmp/twice.tar" 'folder=/' -H 'If-None-Match: *'
[ "$(each)" = $'412 twice\n412 twice\n412 twice' ] || fail "$(each)"
send "$tmp/twice.tar" 'folder=/&conflict=perhaps'
expect_status 400

# What is refused is refused alone, and in the reader's language. Of a file and a folder of the same
# path it is the file.
count=$(left)
python3 - "$tmp/odd.tar" <<'END'
import hashlib, io, sys, tarfile
with tarfile.open(sys.argv[1], "w", format=tarfile.PAX_FORMAT) as tar:
    def add(path, kind=tarfile.REGTYPE, data=b"odd", **pax):
        info = tarfile.TarInfo(path)
        info.type, info.linkname, info.pax_headers = kind, "good", {k.replace("__", "."): v for k, v in pax.items()}
        info.size = len(data) if kind in (tarfile.REGTYPE, tarfile.CONTTYPE, b"V", b"Z") else 0
        tar.addfile(info, io.BytesIO(data))
    add("good")
    for path in "/absolute", "../up", "a/../b", "a/./b", "a//b", "a/b\\c", "a/ b", "a/b.", "a/\x01b", "..", ".", "x" * 256, "y/" * 65 + "y", "é" * 3000:
        add(path)
    for kind in tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, b"V", b"Z":
        add("kind", kind)
    add("holes", GNU__sparse__major="1", GNU__sparse__minor="0")
    add("good/below")
    add("twice/", tarfile.DIRTYPE)
    add("sum", COFFER__sha256=hashlib.sha256(b"odd").hexdigest().upper())
    add("wrong sum", COFFER__sha256=hashlib.sha256(b"even").hexdigest())
    add("no sum", COFFER__sha256="beef")
    add("new/", tarfile.DIRTYPE)
    add("new", data=b"is a folder")
    add("contiguous", tarfile.CONTTYPE)
    add("last")
END
send "$tmp/odd.tar"
expect_status 207
[ "$(each | awk '{print $1}' | tr '\n' ' ')" = "409$(printf ' 400%.0s' {1..22}) created 409 created 422 400 created 409 created created " ] ||
	fail "$(each)"
[ "$(json 'all(("error" in f) == ("id" not in f) for f in d["files"])')" = True ] || fail 'a file with and without'
[ "$(left)" = $((count + 6)) ] || fail 'something else came in'
send "$tmp/odd.tar" 'folder=/&conflict=fail' -H 'Accept-Language: zh'
expect_body '不接收链接、设备和管道'
no_staging
# A name that is not UTF-8 is refused, and shown.
python3 - "$tmp/latin.tar" <<'END'
import sys, tarfile
with tarfile.open(sys.argv[1], "w", format=tarfile.USTAR_FORMAT, encoding="latin-1") as tar:
    tar.addfile(tarfile.TarInfo("café"))
END
send "$tmp/latin.tar"
expect_status 207
[ "$(each)" = '400 caf?' ] || fail "$(each)"
tar -C "$tmp" -cf "$tmp/none.tar" -T /dev/null
send "$tmp/none.tar"
expect_status 201
expect_body '^\{"files":\[\]\}$'

# Damage: a header, the end, no archive at all, or a body that is shorter than it says.
count=$(left) used=$(sql 'SELECT used, reserved FROM user')
for how in flip cut boundary text empty; do
	case $how in
	flip) python3 -c 'import sys; d = bytearray(open(sys.argv[1], "rb").read()); i = d.index(b"f3/17\0"); d[i] ^= 1; open(sys.argv[2], "wb").write(d)' "$tmp/many.tar" "$tmp/bad.tar" ;;
	cut) head -c 100000 "$tmp/many.tar" >"$tmp/bad.tar" ;;
	boundary) head -c $((20 * (512 + 4096))) "$tmp/many.tar" >"$tmp/bad.tar" ;;
	text) head -c 4000 README.md >"$tmp/bad.tar" ;;
	empty) printf '' >"$tmp/bad.tar" ;;
	esac
	send "$tmp/bad.tar"
	expect_status 400
	expect_header Content-Type application/problem.json
	expect_body 'the archive is damaged'
	[ "$(left) $(sql 'SELECT used, reserved FROM user')" = "$count $used" ] || fail "$how: something was kept"
	no_staging
done
# Where groups of files are in already, they stay and are listed.
api POST /file/update -d action=folder -d name=part
head -c $((1500 * (512 + 4096) + 1000)) "$tmp/many.tar" >"$tmp/bad.tar"
send "$tmp/bad.tar" 'folder=/part'
expect_status 207
[ "$(json 'd["status"]')" = 400 ] || fail 'no status of the end'
expect_body '"error":"the archive is damaged: it ends in the middle"'
listed=$(json 'len(d["files"])')
[ "$listed" -gt 0 ] && [ "$listed" -le 1500 ] || fail "$listed files are listed"
[ "$(sql "SELECT COUNT(*) FROM entry WHERE NOT folder AND parent IN (SELECT id FROM entry WHERE parent = (SELECT id FROM entry WHERE name = 'part'))")" = "$listed" ] ||
	fail 'what is listed is not what is there'
[ "$(json 'all("id" in f for f in d["files"])')" = True ] || fail 'a file without its id'
no_staging

# A client that goes away in the middle leaves nothing that can be seen.
count=$(left) used=$(sql 'SELECT used, reserved FROM user')
python3 - "${url#*//}" "$token" "$tmp/many.tar" <<'END'
import socket, sys
host, port = sys.argv[1].split(":")
data = open(sys.argv[3], "rb").read()
line = socket.create_connection((host, int(port)))
line.sendall(f"POST /file/upload HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {sys.argv[2]}\r\n"
             f"Content-Type: application/x-tar\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data[:1000000])
END
await 'upload method=POST.*shorter than its Content-Length' "$var/log/keeper.log"
[ "$(left) $(sql 'SELECT used, reserved FROM user')" = "$count $used" ] || fail 'a client that went away has left something'
no_staging

# A sync that fails fails all of its group, and is not tried again.
for ((n = 1; ; n++)); do
	trace "$(serving upload)" -e trace=syncfs,fsync -e inject=syncfs,fsync:error=EIO:when=$n
	send "$tmp/twice.tar" 'folder=/&conflict=rename'
	untrace
	grep -q INJECTED "$tmp/trace" || break
	expect_status 500
	expect_body '"something went wrong on our side; nothing of yours is lost"'
	[ "$(left)" = "$count" ] || fail "sync $n failed, and a file is there"
	no_staging
done
expect_status 201
[ $n -gt 2 ] || fail 'an archive is synced less than twice'

# A blob that a sweeper is removing is waited for, and not for ever.
mkdir "$tmp/doomed" && head -c 300 /dev/urandom >"$tmp/doomed/one" && head -c 300 /dev/urandom >"$tmp/doomed/two"
tar -C "$tmp/doomed" -cf "$tmp/doomed.tar" one two
one=$(sha256sum <"$tmp/doomed/one" | cut -d' ' -f1)
doom() {
	sql "INSERT INTO \`blob\` (sha256, size, sha1, md5, crc32, crc64, refs, touched, doomed)
		VALUES (UNHEX('$one'), 0, '', '', '', '', 0, 0, TRUE)"
}
count=$(left)
doom
send "$tmp/doomed.tar"
expect_status 503
[ "$(left)" = "$count" ] || fail 'a blob is doomed, and a file is there'
no_staging
"$sweeper" 2>>"$var/log/sweeper.log" || fail 'the sweeper fails'
rm -f "$var/store/blob/${one:0:2}/$one"
sql "DELETE FROM \`blob\` WHERE doomed"
doom
{
	for ((i = 0; i < 1000; i++)); do [ ! -e "$var/store/blob/${one:0:2}/$one" ] || break; sleep 0.01; done
	sql "DELETE FROM \`blob\` WHERE doomed"
} &
send "$tmp/doomed.tar"
wait $!
expect_status 201
same_as() { api GET "/file/download?path=/$1" && cmp "$tmp/body" "$2"; }
same_as one "$tmp/doomed/one" || fail 'not the same bytes'

# Digests of the whole, which would come too late.
for header in "Content-MD5: $(openssl md5 -binary "$tmp/twice.tar" | base64)" \
	"Repr-Digest: sha-256=:$(openssl sha256 -binary "$tmp/twice.tar" | base64):"; do
	send "$tmp/twice.tar" 'folder=/' -H "$header"
	expect_status 400
	expect_body 'COFFER.sha256'
done
send "$tmp/twice.tar" "folder=/&sha256=$sum"
expect_status 400

# Rights: another's folder, a token for reading, one for a folder only, and a cookie without a proof.
api POST /file/update -d action=folder -d name=inner
inner=$(json 'd["id"]')
api POST /user/account -d action=token -d label=reads -d access=read
reads=$(json 'd["token"]')
api POST /user/account -d action=token -d label=inner -d folder=$inner
confined=$(json 'd["token"]')
send "$tmp/twice.tar" 'folder=999999'
expect_status 404
anns=$token
token=$reads
send "$tmp/twice.tar"
expect_status 403
token=$confined
send "$tmp/twice.tar" 'folder=/ustar'
expect_status 404
send "$tmp/twice.tar"
expect_status 201
[ "$(json 'd["files"][0]["folder"]')" = "$inner" ] || fail 'a confined token has another root'
user ben 20000
send "$tmp/twice.tar" "folder=$inner"
expect_status 404
expect_header Content-Type application/problem.json
[ "$(sql "SELECT COUNT(*) FROM entry WHERE owner = (SELECT id FROM user WHERE name = 'ben')")" = 0 ] || fail 'ben has something'

# Over the quota: what fits is in, and no more. (The archive itself is measured first.)
python3 - "$tmp/quota.tar" <<'END'
import io, os, sys, tarfile
with tarfile.open(sys.argv[1], "w", bufsize=512) as tar:
    tar.copybufsize = 512
    for i in range(6):
        info = tarfile.TarInfo(f"q/{i}")
        info.size = 2000
        tar.addfile(info, io.BytesIO(os.urandom(2000)))
END
send "$tmp/quota.tar"
[ "$(json 'd["status"]')" = 413 ] && [ "$status" = 413 ] || fail 'an archive larger than the quota is let in'
head -c $((6 * (512 + 2048) + 1024)) "$tmp/quota.tar" >"$tmp/fits.tar"
send "$tmp/fits.tar"
expect_status 201
# While it is on its way somebody else takes what is left.
mkfifo "$tmp/slow"
slowly() {
	exec >"$tmp/slow"
	head -c 5000 "$tmp/over.tar"
	for ((i = 0; i < 1000; i++)); do
		[ -z "$(find "$var/store/staging" -type f)" ] || break
		sleep 0.01
	done
	sql "UPDATE user SET quota = used + 7000 WHERE name = 'ben'"
	tail -c +5001 "$tmp/over.tar"
}
python3 - "$tmp/over.tar" <<'END'
import io, os, sys, tarfile
out = io.BytesIO()
with tarfile.open(fileobj=out, mode="w") as tar:
    for i in range(5):
        info = tarfile.TarInfo(f"over/{i}")
        info.size = 3000
        tar.addfile(info, io.BytesIO(os.urandom(3000)))
open(sys.argv[1], "wb").write(out.getvalue()[:5 * (512 + 3072) + 1024])
END
sql "UPDATE user SET quota = 100000 WHERE name = 'ben'"
slowly &
api POST /file/upload -H 'Content-Type: application/x-tar' -H Transfer-Encoding: -H "Content-Length: $(stat -c %s "$tmp/over.tar")" -T "$tmp/slow"
wait $!
expect_status 207
[ "$(each)" = $'created over/0\ncreated over/1\n413 over/2\n413 over/3\n413 over/4' ] || fail "$(each)"
[ "$(sql "SELECT used <= quota, reserved FROM user WHERE name = 'ben'")" = $'1\t0' ] || fail 'more than the quota'

# The limits, before a byte is sent.
api GET '/file/upload?folder=/'
[ "$(json 'sorted(d)')" = "['files', 'folder', 'free', 'largest', 'left']" ] || fail 'not the limits'
[ "$(json 'd["files"]')" = 10000 ] || fail 'another number of files'
token=$anns
python3 - "$tmp/toomany.tar" <<'END'
import io, sys, tarfile
with tarfile.open(sys.argv[1], "w") as tar:
    for i in range(10001):
        tar.addfile(tarfile.TarInfo(f"e/{i}"), io.BytesIO())
END
send "$tmp/toomany.tar"
expect_status 207
[ "$(json 'd["status"]')" = 413 ] || fail 'no limit to the number'
[ "$(sql 'SELECT SUM(reserved), (SELECT COUNT(*) FROM upload) FROM user')" = $'0\t0' ] || fail 'a reservation is left'

# Nor are there more folders on their ways than there may be members.
python3 - "$tmp/deep.tar" <<'END'
import sys, tarfile
with tarfile.open(sys.argv[1], "w") as tar:
    for i in range(200):
        info = tarfile.TarInfo(f"deep{i}/" + "/".join(map(str, range(60))))
        info.type = tarfile.DIRTYPE
        tar.addfile(info)
END
before=$(left)
send "$tmp/deep.tar"
expect_status 207
[ $(($(left) - before)) -le 10000 ] || fail 'no limit to the folders'
[ "$(json '{f.get("status", f.get("outcome")) for f in d["files"]} == {413, "created"}')" = True ] || fail 'another account of folders'

# One that is larger than files may be keeps none out.
sed -i 's/^# upload = .*/upload = 4000/' "$var/coffer.conf"
reload upload
api POST /file/update -d action=folder -d name=limit
send "$tmp/many.tar" 'folder=/limit'
expect_status 207
[ "$(json '[(f["path"], f.get("outcome")) for f in d["files"] if f.get("status") != 413]')" = "[('f2/1234', 'created')]" ] ||
	fail 'not only what is small is in'
expect_body '"error":"a file may have 4.0 kB here","status":413'

"$coffer" fsck --read >"$tmp/fsck" || fail "fsck: $(cat "$tmp/fsck")"
