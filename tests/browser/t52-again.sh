#!/bin/bash
# again: no byte of an upload goes up twice, after a reload, nor if the file is there already.
. "$(dirname "$0")/lib.sh"
person ann
drive again.mjs "$url" ann "$password" "$token" "$tmp/files" build/screenshots
"$coffer" fsck >/dev/null || fail 'fsck finds something'
