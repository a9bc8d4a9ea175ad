#!/bin/bash
# uploads: the page that sends files, with JavaScript: many at once, whole folders, and what it says
# about each of them.
. "$(dirname "$0")/lib.sh"
user ann 60000000
"$coffer" user passwd ann --stdin <<<'correct horse battery' >/dev/null || fail 'no password'
sed -i 's/^# upload = .*/upload = 20000000/' "$var/coffer.conf"
reload upload
drive uploads.mjs "$url" ann 'correct horse battery' "$token" "$tmp/files" build/screenshots
"$coffer" fsck >/dev/null || fail 'fsck finds something'
