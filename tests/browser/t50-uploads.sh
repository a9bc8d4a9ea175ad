#!/bin/bash
# uploads: the page that sends files, with JavaScript: many at once, whole folders, in spite of a bad
# line, a reload and a pause; and what it says about each of them.
. "$(dirname "$0")/lib.sh"
person ann
drive uploads.mjs "$url" ann "$password" "$token" "$tmp/files"
