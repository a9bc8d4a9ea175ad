#!/bin/bash
# Whatever is damaged is found, nothing else is, and what has one good copy left is healed from there,
# wherever it is: on the local disk, in a bucket, in a pool. Of what has none the last bytes are kept.
#
# librados is not sanitized, but what a sanitized program does with it is seen all the same.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/ceph.sh"

[[ $build == */asan ]] && damages=150 lost=6 || damages=1000 lost=20
count=$((damages * 52 / 100))
user ann
tier
stores put $count first || fail 'not everything is uploaded'
copied
[ "$(good)" = $((3 * count)) ] || fail "$(good) copies of $count files"

# The damages that the log of the scrubber has; what became of them.
found() { sed -n 's/.*event=damaged.* sha256=\([0-9a-f]*\) store=\([a-z0-9]*\).*/\1 \2/p' "$tmp/scrubber.log" | sort -u; }
became() { sed -n "s/.*event=$1 sha256=\([0-9a-f]*\) store=\([a-z0-9]*\).*/\1 \2/p" "$tmp/scrubber.log" | sort -u; }
damage() {
	rows "${@:4}" | stores plan "$1" "$2" "$3" >"$tmp/plan" || fail 'no such damages can be made up'
	cut -d' ' -f4- "$tmp/plan" | stores place || fail 'not everything could be damaged'
	cut -d' ' -f1,2 "$tmp/plan" | sort >"$tmp/damaged"
}
scrub() {
	scrubber "${@:2}"
	status=$?
	[ $status = "$1" ] || fail "scrubber ${*:2}: status $status, not $1: $(tail -n 5 "$tmp/scrubber.log")"
}
same() { diff "$1" "$2" >"$tmp/diff" || fail "$3: $(head -n 20 "$tmp/diff")"; }
downloads() {
	stores get $count first >"$tmp/bad" || fail 'not everything could be asked for'
	[ "$(wc -l <"$tmp/bad")" = "$1" ] || fail "$2: $(wc -l <"$tmp/bad") files are not as they were, and not $1"
}

# Every kind of damage everywhere, all at once.
damage $damages $lost chaos
scrub 2 --all --read
found >"$tmp/found"
same "$tmp/damaged" "$tmp/found" 'what was damaged and what was found differ'
grep ' lost ' "$tmp/plan" | cut -d' ' -f1,2 | sort >"$tmp/lost"
grep ' kept ' "$tmp/plan" | cut -d' ' -f1,2 | sort >"$tmp/kept"
became unhealed >"$tmp/unhealed"
became healed >"$tmp/healed"
same "$tmp/lost" "$tmp/unhealed" 'what cannot be healed is other than what is lost'
same "$tmp/kept" "$tmp/healed" 'what has a good copy is other than what is healed'
downloads $lost 'after the scrubber'

# What is left of the lost ones is where it was, or in quarantine.

echo list s3 | stores place >"$tmp/names"
echo list rados | stores place >>"$tmp/names"
while read -r sha256 _ lost kind where name _; do
	[[ $lost = lost && $kind != remove ]] || continue
	case $where in
	file) compgen -G "$var/store/quarantine/$sha256.*" >/dev/null ;;
	*) grep -qF "$name" "$tmp/names" ;;
	esac || fail "the last bytes of $sha256 in $where are gone, which were damaged by $kind"
done <"$tmp/plan"
worker sweeper
compgen -G "$var/store/quarantine/*" >"$tmp/quarantine"
for sha256 in $(grep ' lost .* file ' "$tmp/plan" | grep -v ' remove ' | cut -d' ' -f1); do
	grep -q "$sha256" "$tmp/quarantine" || fail "the sweeper has removed the last bytes of $sha256"
done
[ "$(wc -l <"$tmp/quarantine")" = "$(grep ' lost .* file ' "$tmp/plan" | grep -cv ' remove ')" ] ||
	fail 'what is healed is still in quarantine'

# Another look finds only the lost ones. Whoever brings the bytes again heals them, everywhere.
scrub 2 --all --read
found >"$tmp/found"
same "$tmp/lost" "$tmp/found" 'a second scrubber finds other than what is lost'
stores put $count first || fail 'not everything is uploaded again'
downloads 0 'after another upload'
copied
sweep
! compgen -G "$var/store/quarantine/*" >/dev/null || fail 'what is healed is still in quarantine'
scrub 0 --all --read

# Local files that have gone to make room come from either of the others.
sed -i 's/^stores = \["s3", "rados"\]/&\nkeep_days = 0\nlinger_seconds = 0/' "$var/coffer.conf"
mover && mover || fail 'the local copies cannot go'
[ "$(sql "SELECT COUNT(*) FROM copy WHERE store = 'local'")" = 0 ] || fail 'not every local copy has gone'
damage $((count / 13)) 0 evicted "WHERE store <> 'local'"
# Nobody's word counts for the copies of a store that does not answer.
sed -i 's/^timeout_seconds = .*/timeout_seconds = 2/' "$var/coffer.conf"
known() { sql 'SELECT COUNT(*) FROM copy WHERE damaged IS NOT NULL'; }
osd=$(cat "$tmp/ceph/run/osd.pid")
kill -STOP "$osd"
scrub 3 --all
kill -CONT "$osd"
[ "$(known)" = 0 ] || fail 'a store that hangs is called damaged'
ceph stop rgw
scrubber --all
[ "$(sql "SELECT COUNT(*) FROM copy WHERE damaged IS NOT NULL AND store = 's3'")" = 0 ] || fail 'a store that is down is called damaged'
ceph start

# What has one good copy left is healed from there, also where that is not here.
scrub 1 --all --read
[ "$(known)" = 0 ] || fail 'what has a good copy is not healed'
downloads 0 'without local copies'
scrub 0 --all --read

# It keeps its pace, and goes on where it was: at what nobody has looked at for the longest time.
sed -i 's/^rate = .*/rate = 2097152/' "$var/coffer.conf"
began=$(sql 'SELECT MAX(verified) FROM copy')
looked() { sed -n 's/.*event=done copies=\([0-9]*\) .*/\1/p' "$tmp/scrubber.log"; }
seen=0
for _ in 1 2; do
	from=${EPOCHREALTIME/./}
	timeout -s TERM 2 "$build/cgi-bin/workers/scrubber" --all 2>"$tmp/scrubber.log"
	took=$((${EPOCHREALTIME/./} - from))
	[ "$(looked)" -ge 1 ] || fail "nothing was looked at: $(cat "$tmp/scrubber.log")"
	# Each counts for 256 KiB at least, so there are eight in a second.
	[ "$(looked)" -le $((took * 8 / 1000000 + 2)) ] || fail "$(looked) copies in $took us at 2 MiB a second"
	seen=$((seen + $(looked)))
done
[ "$(sql "SELECT COUNT(*) FROM copy WHERE verified > $began")" = $seen ] || fail 'the second has not gone on where the first was'
