# Sourced after lib.sh by tests of more than one store: a Ceph of the test's own, besides its house.
#
#   tier [LINE...]           copies go to its bucket (s3) and its pool (rados); LINE more for [tier]
#   set_to NAME VALUE        a setting that `tier` has written
#   mover --minutes 9        a program, its log in $tmp/mover.log and appended to that of the house; its status
#   copied                   everything is moved, or the test fails
#   stores put COUNT SEED    tests/endpoint/stores.py; put and get know the house, plan the stores
#   ceph stop rgw            cgi-bin/tools/ceph
#   good                     how many copies are good, by the rows
#
# What S3_* and RADOS_* are it says itself, and so they are set.

ceph() { cgi-bin/tools/ceph "$1" "$tmp/ceph" "${@:2}"; }
end() {
	local failed=$?
	ceph stop 2>/dev/null
	(exit $failed)
	finish
}
trap end EXIT

setpriv --pdeathsig TERM cgi-bin/tools/ceph serve "$tmp/ceph" >"$tmp/ceph.env" 2>"$tmp/ceph.log" &
for ((i = 0; i < 1200; i++)); do
	! grep -q ^S3_KEYS "$tmp/ceph.env" || break
	kill -0 $! 2>/dev/null || break
	sleep 0.05
done
grep -q ^S3_KEYS "$tmp/ceph.env" || fail "Ceph does not start: $(cat "$tmp/ceph.log")"
set -a
# shellcheck disable=SC1091
. "$tmp/ceph.env"
set +a

tier() {
	sed -i '/^grace_hours = /d; s/^\[sweeper\]/&\ngrace_hours = 0/' "$var/coffer.conf"
	cat >>"$var/coffer.conf" <<-END_OF_TOML

		[stores.s3]
		kind = "s3"
		endpoint = "$S3_ENDPOINT"
		region = "$S3_REGION"
		bucket = "$S3_BUCKET"
		keys_file = "$S3_KEYS"
		path_style = true
		prefix = "house/"
		timeout_seconds = 30

		[stores.rados]
		kind = "rados"
		conf = "$CEPH_CONF"
		user = "$RADOS_USER"
		pool = "$RADOS_POOL"
		prefix = "house/"
		timeout_seconds = 30

		[scrub]
		rate = 1000000000

		[tier]
		stores = ["s3", "rados"]
		$(printf '%s\n' "$@")
	END_OF_TOML
	reload download
}
set_to() {
	sed -i "s/^$1 = .*/$1 = $2/" "$var/coffer.conf"
	grep -q "^$1 = $2" "$var/coffer.conf" || fail "there is no setting $1"
}
worker() {
	local status
	"$build/cgi-bin/workers/$1" "${@:2}" 2>"$tmp/$1.log"
	status=$?
	cat "$tmp/$1.log" >>"$var/log/$1.log"
	return $status
}
mover() { worker mover "$@"; }
scrubber() { worker scrubber "$@"; }
sweep() { worker sweeper || fail "the sweeper fails: $(cat "$tmp/sweeper.log")"; }
copied() {
	"$coffer" mover retry >/dev/null
	mover || fail "not everything is copied: $(cat "$tmp/mover.log")"
	"$coffer" mover status >"$tmp/status" || fail "not all is well: $(cat "$tmp/status")"
}
stores() {
	local verb=$1
	shift
	case $verb in
	put | get) set -- "$url" "$token" "$@" ;;
	plan) set -- "$var/store/blob" house/ "$@" ;;
	esac
	python3 tests/endpoint/stores.py "$verb" "$@"
}
good() { sql 'SELECT COUNT(*) FROM copy WHERE damaged IS NULL AND leaving IS NULL'; }
rows() { sql "SELECT LOWER(HEX(sha256)), store, LOWER(LPAD(HEX(serial), 16, '0')) FROM copy $*"; }
