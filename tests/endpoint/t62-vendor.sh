#!/bin/bash
# vendor: what the pages take from npm is the very file that was looked at, or nothing; without npm
# the build goes on.
without_house=1
. "$(dirname "$0")/lib.sh"
mkdir "$tmp/bin"
export PATH=$tmp/bin:$PATH

printf '#!/bin/sh\nexit 1\n' >"$tmp/bin/npm"
chmod +x "$tmp/bin/npm"
cgi-bin/tools/vendor "$tmp/vendor/sha256.js" 2>"$tmp/said" || fail 'without npm it fails'
grep -q 'npm does not bring' "$tmp/said" || fail 'it does not say what is missing'
[ -z "$(ls -A "$tmp/vendor")" ] || fail "without npm there is $(ls -A "$tmp/vendor")"

# npm brings another file under the same name.
mkdir -p "$tmp/package/dist"
echo 'alert(1)' >"$tmp/package/dist/sha256.umd.min.js"
tar czf "$tmp/other.tgz" -C "$tmp" package
# shellcheck disable=SC2016
printf '#!/bin/sh\nwhile [ $# -gt 1 ] && [ "$1" != --pack-destination ]; do shift; done\ncp "%s" "$2/"\n' "$tmp/other.tgz" >"$tmp/bin/npm"
! cgi-bin/tools/vendor "$tmp/vendor/sha256.js" >"$tmp/said" 2>&1 || fail 'it takes another file'
[ -z "$(ls -A "$tmp/vendor")" ] || fail "it keeps $(ls -A "$tmp/vendor")"
