#!/bin/sh
# Every source is formatted as .clang-format says; make format does it.
cd "$(dirname "$0")/../.." || exit 1
find cgi-bin tests -name '*.cc' -o -name '*.h' | xargs clang-format --dry-run -Werror
