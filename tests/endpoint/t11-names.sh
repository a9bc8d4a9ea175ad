#!/bin/bash
# names: hostile ones are refused in a sentence, on every way in; what looks alike is one or two
. "$(dirname "$0")/lib.sh"
user ann
printf x >"$tmp/a"
long=$(printf 'n%.0s' $(seq 256))

for name in .. . '../x' '..%2fx' '/etc/passwd' 'a%5Cb' 'x%20' 'x.' '%20x' "$long" '%ff%fe' '%ed%a0%80' \
	'a%E2%80%AEb' '%C2%85' '' '%C0%AF'; do
	api PUT "/file/upload?name=$name" -T "$tmp/a"
	expect_status 400
done
for name in 'a%00b' 'a%0d%0aX:%20y' 'a%1bb'; do  # lighttpd refuses some of these itself
	api PUT "/file/upload?name=$name" -T "$tmp/a"
	expect_status 400
done
for name in .. '../x' 'a/b' 'a\b' 'x ' 'x.' $'\xff' "$long"; do
	api POST /file/upload -F "file=@$tmp/a;filename=\"$name\""
	expect_status 400
done
[ "$(sql 'SELECT COUNT(*) FROM entry')" = 0 ] || fail 'a hostile name was kept'

# Fine names, and what makes two of them one.
for name in 'a' 'A' '%C3%A9' '.htaccess' '-rf' 'CON' '%F0%9F%98%80' '%F0%9F%92%A9' 'a%3Cimg%3E' "${long:0:255}" 'x%25y'; do
	api PUT "/file/upload?name=$name&conflict=fail" -T "$tmp/a"
	expect_status 201
done
api PUT '/file/upload?name=e%CC%81&conflict=fail' -T "$tmp/a"   # NFD of the name above
expect_status 409
api PUT '/file/upload?name=%E8%AE%B0%E5%BD%95%22.txt' -T "$tmp/a"
id=$(json 'd["id"]')
api GET "/file/download?id=$id"
expect_header Content-Disposition "filename\\*=UTF-8''%E8%AE%B0%E5%BD%95%22.txt"
