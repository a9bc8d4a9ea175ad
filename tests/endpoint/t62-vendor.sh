#!/bin/bash
# vendor: what the pages take from npm's registry is the very file that was looked at, or nothing;
# without a line to it the build goes on.
without_house=1
. "$(dirname "$0")/lib.sh"
mkdir "$tmp/bin"
export PATH=$tmp/bin:$PATH
printf '#!/bin/sh\nexit 1\n' | tee "$tmp/bin/npm" >"$tmp/bin/curl"
chmod +x "$tmp/bin/npm" "$tmp/bin/curl"

cgi-bin/tools/vendor "$tmp/vendor/sha256.js" 2>"$tmp/said" || fail 'without a line it fails'
grep -q 'there is no hash-wasm' "$tmp/said" || fail "it does not say what is missing: $(cat "$tmp/said")"
[ -z "$(ls -A "$tmp/vendor")" ] || fail "without a line there is $(ls -A "$tmp/vendor")"

# Another file comes under the same name.
mkdir -p "$tmp/package/dist"
echo 'alert(1)' >"$tmp/package/dist/sha256.umd.min.js"
tar czf "$tmp/other.tgz" -C "$tmp" package
# shellcheck disable=SC2016
printf '#!/bin/sh\nwhile [ "$1" != -o ]; do shift; done\ncp "%s" "$2"\n' "$tmp/other.tgz" >"$tmp/bin/curl"
! cgi-bin/tools/vendor "$tmp/vendor/sha256.js" >"$tmp/said" 2>&1 || fail 'it takes another file'
grep -q FAILED "$tmp/said" || fail "it fails for another reason: $(cat "$tmp/said")"
[ -z "$(ls -A "$tmp/vendor")" ] || fail "it keeps $(ls -A "$tmp/vendor")"
