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
reload
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
	await_age=$((SECONDS + 2))
	until [ $SECONDS -ge $await_age ]; do sleep 0.2; done
	reconcile 1 ${mended:+--mend}
	grep -v '^coffer reconcile: ' "$tmp/reconciled" >"$tmp/said"
	sed "s/$/$mended/" "$tmp/expected" | sed 's/^/  /; s/^  //' >"$tmp/should"
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
for name in readme house/readme house/index strange other/; do
	[ "$(grep -c "$name" "$tmp/before")" = "$(grep -c "$name" "$tmp/after")" ] || fail "what is others' has changed: $name"
done
echo "reconciled after $SECONDS s"

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
echo "deleted after $SECONDS s"
