#!/bin/bash
# With JavaScript nothing reloads that need not, and a server that does not answer loses no page.
. "$(dirname "$0")/lib.sh"
person ann
drive live.mjs "$url" ann "$password"
