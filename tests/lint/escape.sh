#!/bin/sh
# No template puts a value into a page unescaped.
cd "$(dirname "$0")/../.." || exit 1
! grep -rnE '\{\{(\{|&)' templates
