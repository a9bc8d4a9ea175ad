#!/bin/bash
# badline: files arrive over a line that is slow, breaks, loses answers, stands still or is not there.
. "$(dirname "$0")/lib.sh"
person ann
drive badline.mjs "$url" ann "$password" "$token" "$tmp/files" build/screenshots
"$coffer" fsck >/dev/null || fail 'fsck finds something'
