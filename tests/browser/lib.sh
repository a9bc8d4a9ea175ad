# What the browser tests share: endpoint/lib.sh, and `drive SCRIPT ARG...`, which runs a script of
# this folder under node, with the browser's driver at hand; 200 seconds at most.

. "$(dirname "${BASH_SOURCE[0]}")/../endpoint/lib.sh"
driver=$PWD/build/browser
# Tests start side by side: one installs, aside, and the others wait for the finished folder.
mkdir -p "$PWD/build"
{
	flock 9
	if ! cmp -s tests/browser/package.json "$driver/package.json"; then
		rm -rf "$driver" "$driver.new" && mkdir "$driver.new" && cp tests/browser/package.json "$driver.new/"
		npm install --prefix "$driver.new" --no-audit --no-fund --loglevel=error 9>&- || fail 'npm cannot install the driver'
		mv "$driver.new" "$driver"
	fi
} 9>"$driver.lock"
mkdir -p build/screenshots

drive() { NODE_ROOT=$driver timeout -k 5 200 node "tests/browser/$1" "${@:2}" || fail "$1: see above"; }

# A new user who has a password of their own, $password.
person() {
	user "$1"
	password='correct horse battery'
	"$coffer" user passwd "$1" --stdin <<<"$password" >"$tmp/null" || fail "no password for $1"
}
