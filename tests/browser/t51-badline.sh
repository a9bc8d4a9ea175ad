#!/bin/bash
# badline: uploads over a line that is slow, breaks, is not there, and a page that is loaded anew.
. "$(dirname "$0")/lib.sh"
person ann
drive badline.mjs "$url" ann "$password" "$token" "$tmp/files" build/screenshots
"$coffer" fsck >/dev/null || fail 'fsck finds something'
