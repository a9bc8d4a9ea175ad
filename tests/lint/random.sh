#!/bin/sh
# Secrets come from the operating system's generator, so no other is there to be used by mistake.
cd "$(dirname "$0")/../../cgi-bin" || exit 1
! grep -rnE '\b(s?rand|random|drand48)\(|mt19937|random_device' --include='*.cc' --include='*.h' .
