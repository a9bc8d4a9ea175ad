#!/bin/bash
# quality: every page, in each language, light and dark, on a phone and a desktop: axe-core finds
# nothing, the HTML is valid, nothing is wider than the screen, a page with all it needs has 40 KB at
# most, nothing comes from elsewhere or is held back by the policy, and names are text. Screenshots
# of all of it stay in build/screenshots.
. "$(dirname "$0")/lib.sh"
signup open

# Two users, one of whom administers; names that try to be more than names, wherever there is one.
"$coffer" user add boss --admin >/dev/null && "$coffer" user passwd boss --stdin <<<'correct horse battery' >/dev/null ||
	fail 'no administrator'
person ann
printf '%s\n' '<img src=x onerror=alert(1)>' '"><script>alert(1)<' "'onmouseover='alert(1)" '{{x}} {{{x}}} {{_ x}}' '&lt;b&gt; &amp;' \
	'=cmd()' '-rf' '.htaccess' '%00%2e' 'x%y' '😀' '记录"é.txt' "$(printf 'long%.0s' {1..63})" >"$tmp/names"
api POST /file/update -d action=folder -d name=Many
many=$(json 'd["id"]')
printf 'no picture' >"$tmp/file"
for ((i = 0; i < 100; i++)); do files+=(-F "file=@$tmp/file;filename=Holiday picture $i.jpg"); done
api POST /file/upload -F "folder=$many" "${files[@]}"
expect_status 201

made=()
while IFS= read -r name; do
	printf 'bytes of %s' "$name" >"$tmp/file"
	api PUT "/file/upload?name=$(python3 -c 'import sys, urllib.parse; print(urllib.parse.quote(sys.argv[1].replace("/", "∕")))' "$name")" -T "$tmp/file"
	expect_status 201
	made+=("$(json 'd["id"]')")
done <"$tmp/names"
api POST /file/update -d action=folder --data-urlencode 'name=<b onclick=alert(1)>{{x}}'
nasty=$(json 'd["id"]')
api PUT "/file/upload?folder=$nasty&name=%3Ci%3Edeep%3C%2Fi%3E" -d deep
[ "$status" = 400 ] || fail 'a slash in a name'
api PUT "/file/upload?folder=$nasty&name=%3Ci%3Edeep" -d deep
deep=$(json 'd["id"]')
api PUT "/file/upload?folder=$nasty&name=%3Ci%3Edeep" -d deeper
api POST /user/account -d action=token --data-urlencode 'label=<img src=x onerror=alert(1)>'
api PUT '/file/upload?name=%3Cb%3Etrashed' -d trashed
api POST /file/delete -d "id=$(json 'd["id"]')"
api POST '/file/resume?name=%3Cb%3Ebegun' -H 'Tus-Resumable: 1.0.0' -H 'Upload-Length: 1' -H 'Content-Length: 0'
expect_status 201

drive quality.mjs "$url" build/screenshots "$tmp/names" "${made[0]}" "$nasty" "$deep" "$many"
