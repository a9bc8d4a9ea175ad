#!/bin/sh
# tree: the top of the checkout is the site map, and nothing is added to it in passing.
set -eu
cd "$(dirname "$0")/../.."
top=$(git -c safe.directory='*' ls-files | cut -d/ -f1 | sort -u)
for name in $top; do
	case $name in
	.* | Makefile | README.md | LICENSE | cgi-bin | templates | www | sql | conf | tests) ;;
	*) echo "tree: '$name' has no place at the top" >&2; exit 1 ;;
	esac
done
