#!/bin/bash
# upload: by PUT and by form, conflicts, conditions, digests; a refused upload leaves nothing
. "$(dirname "$0")/lib.sh"
user ann

nothing_kept() {
	[ "$(sql 'SELECT COUNT(*) FROM entry')" = "$1" ] || fail "an entry was kept: $2"
	[ -z "$(find "$var/store/staging" -type f)" ] || fail "staging was kept: $2"
}

# By PUT: created, then unchanged, then a new version.
printf 'hello\n' >"$tmp/a"
printf 'hello again\n' >"$tmp/b"
sha_a=$(sha256sum <"$tmp/a" | cut -d' ' -f1)
sha_b=$(sha256sum <"$tmp/b" | cut -d' ' -f1)
api PUT '/file/upload?name=a.txt' -T "$tmp/a"
expect_status 201
expect_body "\"sha256\":\"$sha_a\""
expect_header ETag "\"$sha_a\""
id=$(json 'd["id"]')
api PUT '/file/upload?name=a.txt' -T "$tmp/a"
expect_status 200
expect_body unchanged
api PUT '/file/upload?name=a.txt' -T "$tmp/b"
expect_status 200
expect_body replaced
api GET "/file/query?id=$id"
expect_body "\"versions\":\\[{[^]]*$sha_a"
expect_body "\"sha256\":\"$sha_b\""

# A name that is taken, and conditions.
api PUT '/file/upload?name=a.txt&conflict=fail' -T "$tmp/a"
expect_status 409
api PUT '/file/upload?name=a.txt&conflict=rename' -T "$tmp/a"
expect_status 201
expect_body '"name":"a \(2\).txt"'
api PUT '/file/upload?name=a.txt' -T "$tmp/a" -H 'If-None-Match: *'
expect_status 412
api PUT '/file/upload?name=a.txt' -T "$tmp/a" -H "If-Match: \"$sha_a\""
expect_status 412
api PUT '/file/upload?name=new.txt' -T "$tmp/a" -H 'If-Match: *'
expect_status 412
api PUT '/file/upload?name=a.txt' -T "$tmp/a" -H "If-Match: \"$sha_b\""
expect_status 200
nothing_kept 2 'of a refused condition'

# The empty file is a file.
: >"$tmp/empty"
api PUT '/file/upload?name=empty' -T "$tmp/empty" -H 'Content-Length: 0'
expect_status 201
expect_body '"crc32":"00000000"'

# Digests that the client declares, right and wrong, each way of saying them.
md5() { openssl md5 -binary "$1" | base64; }
sha() { openssl sha256 -binary "$1" | base64; }
api PUT '/file/upload?name=d1' -T "$tmp/a" -H "Repr-Digest: sha-256=:$(sha "$tmp/a"):" -H "Content-MD5: $(md5 "$tmp/a")"
expect_status 201
api PUT "/file/upload?name=d2&sha256=$sha_a&md5=$(md5sum <"$tmp/a" | cut -c1-32)&crc32=363a3020" -T "$tmp/a"
expect_status 201
for header in "Repr-Digest: sha-256=:$(sha "$tmp/b"):" "Content-Digest: md5=:$(md5 "$tmp/b"):" "Content-MD5: $(md5 "$tmp/b")"; do
	api PUT '/file/upload?name=d3' -T "$tmp/a" -H "$header"
	expect_status 422
done
for field in sha256=$sha_b crc32=00000000 crc64=0000000000000000 "sha1=$(sha1sum <"$tmp/b" | cut -c1-40)"; do
	api PUT "/file/upload?name=d3&$field" -T "$tmp/a"
	expect_status 422
done
for header in 'Repr-Digest: sha-256=nonsense' 'Repr-Digest: sha-512=:AAAA:' 'Content-MD5: AAAA'; do
	api PUT '/file/upload?name=d3' -T "$tmp/a" -H "$header"
	expect_status 400
done
nothing_kept 5 'of a wrong digest'

# By form: any number of files, fields before and after.
api POST /file/upload -F "file=@$tmp/a;filename=f1" -F "more=@$tmp/b;filename=f2" -F conflict=fail \
	-F "sha256=$sha_a" -F "sha256=$sha_b"
expect_status 201
[ "$(json '[f["name"] for f in d["files"]]')" = "['f1', 'f2']" ] || fail "not both files"
api POST /file/upload -F "file=@$tmp/a;filename=f3" -F "more=@$tmp/b;filename=f2" -F conflict=fail
expect_status 409
api POST /file/upload -F "file=@$tmp/a;filename=f3" -F "sha256=$sha_b"
expect_status 422
api POST /file/upload -F conflict=fail
expect_status 400
nothing_kept 7 'of a form of which one file was refused'

# What makes no sense, or is not said.
api POST /file/upload -d a=b
expect_status 415
api PUT '/file/upload' -T "$tmp/a"
expect_status 400
api PUT '/file/upload?name=x&conflict=maybe' -T "$tmp/a"
expect_status 400
api PUT '/file/upload?name=x&folder=/none' -T "$tmp/a"
expect_status 404
api PUT '/file/upload?name=x&folder=99999' -T "$tmp/a"
expect_status 404
api PUT '/file/upload?name=x' -T - -H 'Transfer-Encoding: chunked' <"$tmp/a"
expect_status 411
api DELETE /file/upload
expect_status 405
expect_header Allow 'GET, HEAD, POST, PUT'
nothing_kept 7 'of a request that makes no sense'

# form FILES FIELDS SIZE: a form of so many files, and fields of that size.
form() {
	python3 - "$@" >"$tmp/form" <<'END'
import sys
files, fields, size = map(int, sys.argv[1:])
for n in range(fields):
    print(f'--b\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{"x" * size}\r')
for n in range(files):
    print(f'--b\r\nContent-Disposition: form-data; name="f"; filename="many {n}"\r\n\r\n{n % 10}\r')
print('--b--\r')
END
	api POST /file/upload -H 'Content-Type: multipart/form-data; boundary=b' --data-binary "@$tmp/form"
}
form 1 30 60000
expect_status 413
form 1 10001 0
expect_status 413
form 1001 0 0
expect_status 413
nothing_kept 7 'of a form without end'
form 1000 0 0
expect_status 201
[ "$(json 'len({f["id"] for f in d["files"]}), set(f["outcome"] for f in d["files"])')" = "(1000, {'created'})" ] || fail 'not 1,000 files'
api GET '/file/download?id=/many%20777'
[ "$(cat "$tmp/body")" = 7 ] || fail 'another file'
form 1000 0 0
[ "$(json 'set(f["outcome"] for f in d["files"])')" = "{'unchanged'}" ] || fail 'the same form is not unchanged'

# The quota is looked at before the body, and is exact.
user bob 1000
head -c 600 /dev/urandom >"$tmp/600"
head -c 2000000 /dev/urandom >"$tmp/2m"
api PUT '/file/upload?name=1' -T "$tmp/600"
expect_status 201
api PUT '/file/upload?name=2' -T "$tmp/600"
expect_status 413
api PUT '/file/upload?name=2' -T "$tmp/2m"
expect_status 413
[ "$(sql "SELECT used, reserved FROM user WHERE name = 'bob'")" = "$(printf '600\t0')" ] || fail 'the quota does not add up'

"$coffer" fsck --read || fail 'fsck'
