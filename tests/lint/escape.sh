#!/bin/sh
# escape: no template puts a value into a page unescaped, by {{{value}}} or {{&value}}.
set -eu
cd "$(dirname "$0")/../.."
! grep -rnE '\{\{[[:space:]]*[{&]' templates
