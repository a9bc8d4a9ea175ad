#!/bin/bash
# The stores that are reached over a network keep the promises that every store makes, against a Ceph
# of their own.
#
# librados is not sanitized, but what a sanitized program does with it is seen all the same.
# shellcheck disable=SC2034
without_house=1
. "$(dirname "$0")/lib.sh"

setpriv --pdeathsig TERM cgi-bin/tools/ceph serve "$tmp/ceph" >"$tmp/ceph.env" 2>"$tmp/house" &
house=$!
for ((i = 0; i < 1200; i++)); do
	! grep -q ^S3_KEYS "$tmp/ceph.env" || break
	kill -0 $house 2>/dev/null || break
	sleep 0.05
done
grep -q ^S3_KEYS "$tmp/ceph.env" || fail 'Ceph does not start'
# shellcheck disable=SC1091
. "$tmp/ceph.env"

export COFFER_TEST_RADOS="$CEPH_CONF $RADOS_USER $RADOS_POOL"
export COFFER_TEST_S3="$S3_ENDPOINT $S3_REGION $S3_BUCKET $S3_KEYS"
"$build/tests/units" --gtest_filter='*S3*:*Rados*' >"$tmp/units" 2>&1 ||
	fail "$(grep -v '^\[ .*\(OK\|RUN\)' "$tmp/units")"
for suite in Rados/BlobStoreSuite S3/BlobStoreSuite S3/S3Bucket; do
	grep -q "OK \] $suite" "$tmp/units" || fail "no test of $suite has been at Ceph"
done
tail -n 2 "$tmp/units"
