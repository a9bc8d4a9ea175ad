#!/bin/sh
# random: secrets come from the operating system's generator, and no other is there to be used by
# mistake.
set -eu
cd "$(dirname "$0")/../../cgi-bin"
! grep -rnE '\b(s?rand|s?random|[dlm]rand48|rand_r)\(|mt19937|random_device|<random>' \
	--include='*.cc' --include='*.h' .
