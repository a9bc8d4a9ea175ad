#!/bin/bash
# Nothing that a user has brought is run by the browser that looks at it: not where it is downloaded,
# not where it is shown, not inside another page.
. "$(dirname "$0")/../endpoint/lib.sh"
driver=build/browser
if [ ! -d $driver/node_modules/playwright-core ]; then
	mkdir -p $driver && cp tests/browser/package.json $driver/
	npm install --prefix $driver --no-audit --no-fund --silent || fail 'npm cannot install the driver'
fi
python3 tests/endpoint/pictures.py "$tmp" || fail 'no pictures'
password=$("$coffer" user add ann | sed -n 's/^password: //p')
token=$("$coffer" user token ann)
NODE_ROOT=$PWD/$driver timeout 200 node tests/browser/script.mjs "$url" ann "$password" "$token" "$tmp" || fail 'see above'
