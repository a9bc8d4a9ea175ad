#!/bin/bash
# raw requests: hostile bytes at the edge get the status that they deserve, on a connection that
# the next request does not share; no program dies of one, and nothing is kept. raw.py is the list.
. "$(dirname "$0")/lib.sh"
user ann
printf hello >"$tmp/kept"
api PUT '/file/upload?name=kept' -T "$tmp/kept"
expect_status 201

python3 tests/endpoint/raw.py "${url##*:}" "$token" || fail 'see above'

! grep 'event=exit' "$var/log/keeper.log" || fail 'a program died'
[ "$(sql 'SELECT GROUP_CONCAT(name) FROM entry')" = kept ] || fail 'something was kept'
[ "$(sql "SELECT used, reserved FROM user WHERE name = 'ann'")" = "$(printf '5\t0')" ] || fail 'the quota does not add up'
[ -z "$(find "$var/store/staging" -type f)" ] || fail 'staging was kept'
"$coffer" fsck --read || fail fsck
