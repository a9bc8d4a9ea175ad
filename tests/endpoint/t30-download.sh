#!/bin/bash
# download: ranges, conditions, digests, names, versions; the misspelt address too
. "$(dirname "$0")/lib.sh"
user ann
head -c 100000 /dev/urandom >"$tmp/f"
sha=$(sha256sum <"$tmp/f" | cut -d' ' -f1)
api PUT '/file/upload?name=f.bin' -T "$tmp/f"
id=$(json 'd["id"]')
d="/file/download?id=$id"

same() { cmp "$tmp/body" "$1" || fail "not the bytes of $1"; }
api GET "$d"
expect_status 200
same "$tmp/f"
expect_header ETag "\"$sha\""
expect_header Repr-Digest "sha-256=:"
expect_header Content-Security-Policy sandbox
expect_header X-Content-Type-Options nosniff
# Pages travel compressed, files as they are.
api GET "$d" -H 'Accept-Encoding: gzip'
same "$tmp/f"
api GET / -H 'Accept: text/html' -H 'Accept-Encoding: gzip'
expect_header Content-Encoding gzip
gzip -dc <"$tmp/body" | grep -q 'f\.bin' || fail 'not the page'
api GET "/file/downlaod?path=/f.bin"
expect_status 200
same "$tmp/f"
api HEAD "$d" -I
expect_status 200
expect_header Content-Length 100000

# Ranges.
part() { tail -c "+$(($1 + 1))" "$tmp/f" | head -c "$2" >"$tmp/part"; }
api GET "$d" -H 'Range: bytes=100-199'
expect_status 206
expect_header Content-Range 'bytes 100-199/100000'
part 100 100 && same "$tmp/part"
api GET "$d" -H 'Range: bytes=-10'
expect_status 206
part 99990 10 && same "$tmp/part"
api GET "$d" -H 'Range: bytes=99990-'
expect_status 206
same "$tmp/part"
api GET "$d" -H 'Range: bytes=0-9,500-509'
expect_status 206
expect_header Content-Type 'multipart/byteranges'
api GET "$d" -H 'Range: bytes=100000-'
expect_status 416
api GET "$d" -H 'Range: bytes=0-18446744073709551615'
expect_status 200
same "$tmp/f"
api GET "$d" -H 'Range: bytes=0-9' -H "If-Range: \"$sha\""
expect_status 206
api GET "$d" -H 'Range: bytes=0-9' -H 'If-Range: "other"'
expect_status 200

# Conditions and wanted digests.
api GET "$d" -H "If-None-Match: \"$sha\""
expect_status 304
api GET "$d" -H 'If-None-Match: "other"'
expect_status 200
api GET "$d" -H "If-Match: \"$sha\""
expect_status 200
api GET "$d" -H 'If-Match: "other"'
expect_status 412
api GET "$d" -H 'Want-Repr-Digest: md5=9, sha-256=1'
md5=$(openssl md5 -binary "$tmp/f" | base64)
expect_header Repr-Digest "md5=:${md5//+/\\+}:"

# An older version; what is not there, or not a file.
printf new >"$tmp/new"
api PUT '/file/upload?name=f.bin' -T "$tmp/new"
api GET "/file/query?id=$id"
version=$(json 'd["versions"][0]["id"]')
api GET "$d&version=$version"
expect_status 200
same "$tmp/f"
api GET "$d"
same "$tmp/new"
for missing in "$d&version=99999" '/file/download?id=99999' '/file/download?path=/none' '/file/download?path=/'; do
	api GET "$missing"
	expect_status 404
done
for wrong in /file/download '/file/download?id=x' "$d&version=x"; do
	api GET "$wrong"
	expect_status 400
done
user bob
api GET "$d"
expect_status 404

# Bytes that are damaged are not served.
blob=$(find "$var/store/blob" -name "$sha")
truncate -s 50000 "$blob"
token=$(COFFER_CONF=$var/coffer.conf "$coffer" user token ann)
api GET "$d&version=$version"
expect_status 500
"$coffer" fsck && fail 'fsck finds nothing wrong with a truncated blob'
true
