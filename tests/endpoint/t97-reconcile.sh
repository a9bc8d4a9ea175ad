#!/bin/bash
# The stores and the rows that tell of them are brought into line again, both ways; what is deleted goes
# from every store; and a Ceph that dies or hangs while files are moved costs time and nothing else.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/ceph.sh"
user ann
tier
cat >>"$var/coffer.conf" <<END_OF_TOML

[stores.file]
kind = "file"
directory = "$tmp/elsewhere"
END_OF_TOML
sed -i 's/^timeout_seconds = .*/timeout_seconds = 2/; s/^stores = .*/stores = ["s3", "rados", "file"]/' "$var/coffer.conf"
reload download
stores put 30 first || fail 'not everything is uploaded'
copied

reconcile() {
	"$coffer" reconcile "${@:2}" >"$tmp/reconciled" 2>"$tmp/reconcile.log"
	status=$?
	[ $status = "$1" ] || fail "reconcile ${*:2}: status $status, not $1: $(cat "$tmp/reconciled" "$tmp/reconcile.log")"
}
omap() { rados -p "$RADOS_POOL" "$1" "house/index.${2:0:2}" "${@:3}"; }
pool() { rados -p "$RADOS_POOL" "$@"; }
place() { printf '%s\n' "$@" | stores place || fail 'the stores cannot be put into disorder'; }
objects() { echo list s3 | stores place && pool ls && ls -RA "$tmp/elsewhere" "$var/store/blob"; }
is() { diff <(sort "$1") <(sort "$2") >"$tmp/diff" || fail "$3: $(cat "$tmp/diff")"; }
reconcile 0

# What others keep in the same places is no business of ours.
mkdir -p "$tmp/elsewhere/aa"
for name in readme house/readme "house/index" "other/$(printf %064d 1).00000000000000aa" "house/$(printf %064d 1).aa"; do
	place "add s3 $name"
	pool put "strange-$name" "$var/coffer.conf"
done
pool put house/strange "$var/coffer.conf"
touch "$tmp/elsewhere/aa/strange" "$tmp/elsewhere/strange" "$tmp/elsewhere/aa/.strange" "$var/store/blob/aa/strange"
objects | sort >"$tmp/before"
reconcile 0

# A copy that is gone, an object that nobody knows, and an upload that was begun, everywhere.
unknown=$(printf ab%062d 1) serial=00000000000000aa
key=$unknown.$serial begun=$unknown.00000000000000bb
rows "WHERE store <> 'local' AND MOD(CONV(HEX(SUBSTR(sha256, 32)), 16, 10), 2) = 0" >"$tmp/rows"
: >"$tmp/expected"
for store in s3 rados file; do
	read -r sha256 _ number <<<"$(grep " *	$store	" "$tmp/rows" | head -n 1)"
	case $store in
	s3) place "remove s3 house/$sha256.$number" "add s3 house/$key" "begin s3 house/$begun" ;;
	rados)
		omap rmomapkey "$sha256" "$sha256.$number"
		pool rm "$(pool ls | grep "^house/$sha256.$number.")"
		omap setomapval $unknown $key "7 67108864 token"
		pool put house/$key.token.0 "$var/coffer.conf"
		omap setomapval $unknown "~$begun~token" "begun 7 67108864 token"
		pool put house/$begun.token.0 "$var/coffer.conf"
		;;
	file)
		rm "$tmp/elsewhere/${sha256:0:2}/$sha256.$number"
		echo >"$tmp/elsewhere/ab/$key"
		echo >"$tmp/elsewhere/ab/.$begun.token"
		;;
	esac || fail "$store cannot be put into disorder"
	echo "ghost in $store: $sha256.$number" >>"$tmp/expected"
	echo "orphan in $store: $key" >>"$tmp/expected"
	echo "unfinished in $store: $begun" >>"$tmp/expected"
done
sha256=$(rows "WHERE store = 'local'" | sed -n 5p | cut -f1)
rm "$var/store/blob/${sha256:0:2}/$sha256"
echo >"$var/store/blob/ab/$unknown"
echo "ghost in local: $sha256" >>"$tmp/expected"
echo "orphan in local: $unknown" >>"$tmp/expected"
for mended in '' ', mended'; do
	sleep 2 # the age of an object is known in seconds
	reconcile 1 ${mended:+--mend}
	grep -v '^coffer reconcile: ' "$tmp/reconciled" >"$tmp/said"
	sed "s/$/$mended/" "$tmp/expected" >"$tmp/should"
	is "$tmp/should" "$tmp/said" 'what is reported differs from what is wrong'
done
copied
sweep
sweep
reconcile 0
stores get 30 first >"$tmp/bad"
[ ! -s "$tmp/bad" ] || fail "files are not as they were: $(cat "$tmp/bad")"
objects | grep -E "$unknown" && fail 'what nobody knows is still there'
objects | sort >"$tmp/after"
for file in before after; do grep -E 'readme|strange|^other/|/index$|\.aa$' "$tmp/$file" >"$tmp/others.$file"; done
[ -s "$tmp/others.before" ] || fail 'there are no others'
is "$tmp/others.before" "$tmp/others.after" "what is others' has changed"

# What is deleted goes everywhere, and the receipt says so.
remove() {
	api GET "/file/query?id=/$1"
	sha256=$(json 'd["sha256"]')
	api POST /file/delete -d id="$(json 'd["id"]')" -d forever=1
	expect_status 200
}
gone() { ! objects | grep -q "$sha256" || fail "$1: $(objects | grep "$sha256")"; }
receipt() { grep -q "event=removed.*sha256=$sha256.*$1" "$tmp/sweeper.log" || fail "no receipt '$1': $(cat "$tmp/sweeper.log")"; }
remove f0
sweep
receipt 'local=removed.*file=removed.*rados=removed.*s3=removed'
gone 'deleted and still there'
remove f1
ceph stop rgw
worker sweeper
receipt 'local=removed.*file=removed.*rados=removed.*s3=later'
ceph start
sweep
receipt 's3=removed'
gone 'deleted while a store was down, and still there'

# The gateway is killed in the middle of what is being moved, and so is the disk's server; and that one
# hangs for longer than anybody waits for it.
kill_in_the_middle() {
	head -c 70M /dev/urandom >"$tmp/big"
	api PUT "/file/upload?name=$1" -T "$tmp/big"
	expect_status 201
	"$build/cgi-bin/workers/mover" 2>>"$var/log/mover.log" &
	local mover=$! i
	for ((i = 0; i < 2000; i++)); do
		[ "$(sql 'SELECT COUNT(*) FROM transfer WHERE serial <> 0')" = 0 ] || break
	done
	sleep 0.2
	"${@:2}"
	wait $mover
	api GET "/file/download?path=/$1"
	cmp "$tmp/body" "$tmp/big" || fail "$1: what was acknowledged is not there"
	ceph start || fail "$1: Ceph does not come back"
	copied
	rm -f "$tmp/body"
}
kill_daemon() { kill -9 "$(cat "$tmp/ceph/run/$1.pid")"; }
suspend() {
	local osd
	osd=$(cat "$tmp/ceph/run/osd.pid")
	kill -STOP "$osd"
	sleep 4 # longer than timeout_seconds
	kill -CONT "$osd"
}
kill_in_the_middle gateway kill_daemon rgw
kill_in_the_middle disk kill_daemon osd
kill_in_the_middle hanging suspend
stores get 30 first >"$tmp/bad"
is <(printf '%s\n' 0 1) "$tmp/bad" 'other files are missing than those that were deleted'
sweep
sweep
reconcile 0
"$coffer" fsck --read >"$tmp/fsck" || fail "$(cat "$tmp/fsck")"
scrubber --all --read || fail "not all copies are right: $(tail -n 3 "$tmp/scrubber.log")"
pool ls | sed -n 's,^house/\([0-9a-f]*\.[0-9a-f]*\)\..*,\1,p' | sort -u >"$tmp/pieces"
rows "WHERE store = 'rados'" | awk '{print $1 "." $3}' >"$tmp/should"
is "$tmp/should" "$tmp/pieces" 'pieces that nobody knows are left'
