#!/bin/bash
# hurdles: what is in the way of one upload, or of all for a while, costs no other one.
. "$(dirname "$0")/lib.sh"
person bob
bob=$token
person ann
drive hurdles.mjs "$url" ann "$password" "$token" "$tmp/files" bob "$bob"
"$coffer" fsck >/dev/null || fail 'fsck finds something'
