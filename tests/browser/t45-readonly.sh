#!/bin/bash
# What a browser sees while the primary of two databases is gone.
export COFFER_REPLICA=1
. "$(dirname "$0")/lib.sh"
person ann
api PUT '/file/upload?name=kept.txt' -d kept
expect_status 201
for ((i = 0; i < 100; i++)); do
	! grep -qs 'in_step yes' "$var/store/pair" || break
	sleep 0.1
done
VAR=$var drive readonly.mjs "$url" ann "$password"
