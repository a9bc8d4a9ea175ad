#!/bin/bash
# The README's curl lines work, in the order in which they stand there.
. "$(dirname "$0")/lib.sh"
user ann
sed -n '/^```sh$/,/^```$/p' README.md | grep -v '^```' >"$tmp/lines"
[ "$(grep -c '^curl' "$tmp/lines")" -ge 13 ] || fail 'the README has lost its curl lines'
cd "$tmp" || fail "no $tmp"
TOKEN=$token URL=$url bash -euo pipefail "$tmp/lines" >"$tmp/body" || fail 'a line of the README fails'
cmp photo.jpg copy.jpg || fail 'not the same bytes'
