. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/ceph.sh"
user ann; tier
date +%T.%N; stores put 520 first; date +%T.%N; mover; date +%T.%N; tail -1 $tmp/mover.log
worker scrubber --all --read; date +%T.%N; 
declare -p tmp var url token house build coffer S3_ENDPOINT >/tmp/lab.env
while [ ! -e /tmp/lab.end ]; do sleep 1; done
