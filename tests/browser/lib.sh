# What the browser tests share: endpoint/lib.sh, and `drive SCRIPT ARG...`, which runs a script of
# this folder under node, with the browser's driver at hand; 200 seconds at most.

. "$(dirname "${BASH_SOURCE[0]}")/../endpoint/lib.sh"
driver=$PWD/build/browser
if ! cmp -s tests/browser/package.json "$driver/package.json" || [ ! -d "$driver/node_modules" ]; then
	mkdir -p "$driver" && cp tests/browser/package.json "$driver/"
	npm install --prefix "$driver" --no-audit --no-fund --silent || fail 'npm cannot install the driver'
fi
mkdir -p build/screenshots

drive() { NODE_ROOT=$driver timeout 200 node "tests/browser/$1" "${@:2}" || fail "$1: see above"; }

# A new user who has a password of their own, $password.
person() {
	user "$1"
	password='correct horse battery'
	"$coffer" user passwd "$1" --stdin <<<"$password" >"$tmp/null" || fail "no password for $1"
}
