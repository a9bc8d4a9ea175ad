#!/bin/bash
# The pages in Debian's Chromium, without JavaScript; screenshots stay in build/screenshots.
. "$(dirname "$0")/../endpoint/lib.sh"
driver=build/browser
if [ ! -d $driver/node_modules/playwright-core ]; then
	mkdir -p $driver && cp tests/browser/package.json $driver/
	npm install --prefix $driver --no-audit --no-fund --silent || fail 'npm cannot install the driver'
fi
mkdir -p build/screenshots
password=$("$coffer" user add ann | sed -n 's/^password: //p')
NODE_ROOT=$PWD/$driver timeout 200 node tests/browser/pages.mjs "$url" ann "$password" build/screenshots || fail 'see above'
