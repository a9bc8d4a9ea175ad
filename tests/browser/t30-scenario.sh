#!/bin/bash
# scenario: from the invitation to the end of the account, in Chromium with JavaScript, without it,
# and with curl alone. Each sees the same, and leaves the same behind.
. "$(dirname "$0")/lib.sh"
signup invited
for how in script plain curl; do
	password=$("$coffer" user add "boss-$how" --admin | sed -n 's/^password: //p')
	drive scenario.mjs "$url" "$tmp" $how "boss-$how" "$password"
	# What the account has lived through, in order but for files that came together, and who is left of those who took part.
	sql "SELECT e.action, IF(e.name LIKE '%-$how', '', e.name) FROM event e JOIN user u ON u.id = e.owner
		WHERE u.name IN ('ann-$how', 'boss-$how', 'spare-$how') ORDER BY e.id;
		SELECT SUBSTRING_INDEX(name, '-', 1), closed IS NULL, disabled, admin, one_time, quota, used, reserved
		FROM user WHERE name LIKE '%-$how' ORDER BY name" |
		awk '$1 == "upload" { if (!together++) fflush(); print | "sort"; next } together { close("sort"); together = 0 } { print }' >"$tmp/$how"
	[ "$(grep -c . "$tmp/$how")" -gt 40 ] || fail "$how has left too little behind: $(cat "$tmp/$how")"
	cmp -s "$tmp/script" "$tmp/$how" || fail "$how has not left behind what script has: $(diff "$tmp/script" "$tmp/$how")"
done
[ "$(sql 'SELECT COUNT(*) FROM session')" = 0 ] || fail 'somebody is still signed in'
"$coffer" fsck >/dev/null || fail 'fsck finds something'
