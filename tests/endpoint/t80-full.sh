#!/bin/bash
# A disk without room is answered with 507 before the body, and nothing is kept; reading goes on.
. "$(dirname "$0")/lib.sh"
user ann
printf x >"$tmp/a"
api PUT '/file/upload?name=before' -T "$tmp/a"
expect_status 201
sed -i 's/^# keep_free = .*/keep_free = 4611686018427387904/' "$var/coffer.conf"
reload upload
api PUT '/file/upload?name=after' -T "$tmp/a"
expect_status 507
expect_body 'too little room'
api POST /file/upload -F "file=@$tmp/a"
expect_status 507
[ -z "$(find "$var/store/staging" -type f)" ] || fail 'staging was kept'
[ "$(sql 'SELECT SUM(reserved) FROM user')" = 0 ] || fail 'a reservation is left'
api GET '/file/download?path=/before'
expect_status 200
"$coffer" fsck --read || fail fsck
