#!/bin/bash
# The pages in Debian's Chromium, without JavaScript; screenshots stay in build/screenshots.
. "$(dirname "$0")/lib.sh"
password=$("$coffer" user add ann | sed -n 's/^password: //p')
drive pages.mjs "$url" ann "$password" build/screenshots
