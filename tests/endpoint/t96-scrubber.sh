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

scrub 0 --all --read
[ -z "$(found)" ] || fail "what is well is called damaged: $(found)"

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
copied
downloads 0 'after another upload'
sweep
! compgen -G "$var/store/quarantine/*" >/dev/null || fail 'what is healed is still in quarantine'
scrub 0 --all --read

# Local files that have gone to make room come from either of the others.
sed -i 's/^stores = \["s3", "rados"\]/&\nkeep_days = 0\nlinger_seconds = 0/' "$var/coffer.conf"
mover && mover || fail 'the local copies cannot go'
[ "$(sql "SELECT COUNT(*) FROM copy WHERE store = 'local'")" = 0 ] || fail 'not every local copy has gone'
damage $((count / 5)) 0 evicted "WHERE store <> 'local'"
