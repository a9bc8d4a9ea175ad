#!/bin/sh
# format: every source is formatted as .clang-format says; make format does it.
set -eu
cd "$(dirname "$0")/../.."
# The checkout may be another account's, as it is in a container.
files=$(git -c safe.directory='*' ls-files '*.cc' '*.h')
# shellcheck disable=SC2086
clang-format --dry-run -Werror $files
