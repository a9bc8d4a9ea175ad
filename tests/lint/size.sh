#!/bin/sh
# size: a source of more than 400 lines has a second idea in it.
set -eu
cd "$(dirname "$0")/../.."
files=$(git -c safe.directory='*' ls-files '*.cc' '*.h')
# shellcheck disable=SC2086
wc -l $files | awk '$2 != "total" && $1 > 400 { print "size: " $2 " has " $1 " lines"; bad = 1 } END { exit bad }'
