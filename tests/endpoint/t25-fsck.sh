#!/bin/bash
# fsck: each thing that can be wrong, alone and in a cloud that is in use, is found and named
. "$(dirname "$0")/lib.sh"
user ann
put() {
	printf '%s' "$2" >"$tmp/f"
	api PUT "/file/upload?name=$1" -T "$tmp/f"
	[[ $status = 20? ]] || fail "put $1: $status"
	json 'd["id"]'
}
folder() {
	api POST /file/update -d action=folder -d "folder=$1" -d "name=$2"
	expect_status 201
	json 'd["id"]'
}
a=$(put a one) v=$(put v older) && put v newer >/dev/null
outer=$(folder / outer) inner=$(folder "$outer" inner)
gone=$(put gone gone)
api POST /file/delete -d id="$gone"
owner=$(sql "SELECT owner FROM entry WHERE id = $a")
sha=$(printf one | sha256sum | cut -d' ' -f1)
file=$var/store/blob/${sha:0:2}/$sha
blob() { echo "UPDATE \`blob\` SET $1 WHERE sha256 = UNHEX('$sha')"; }

exec 8>>"$var/store/sweeper.lock"
flock 8
fsck() {
	request="fsck $*"
	"$coffer" fsck "$@" >"$tmp/body" 2>&1
	status=$?
}
fsck --read
expect_status 0

# finds WHAT [OPTION]: fsck says it, about one thing, and nothing else.
finds() {
	fsck "${@:2}"
	expect_status 1
	[ "$(grep -vc '^coffer fsck:' "$tmp/body")" = 1 ] || fail "not the one thing that is wrong: $1"
	expect_body "^$1: "
}
# wrong WHAT DO UNDO: two statements, and what fsck says in between.
wrong() {
	sql "$2"
	finds "$1"
	sql "$3"
}

# Rows that contradict each other. Where one thing brings about another both are put wrong alike.
points='points at no blob, a doomed one, or one of another size'
wrong "entry $points" "UPDATE entry SET size = size + 1 WHERE id = $a; UPDATE user SET used = used + 1 WHERE id = $owner" \
	"UPDATE entry SET size = size - 1 WHERE id = $a; UPDATE user SET used = used - 1 WHERE id = $owner"
wrong "entry $points" "$(blob 'doomed = 1')" "$(blob 'doomed = 0')"
wrong "version $points" "UPDATE version SET size = size + 1; UPDATE user SET used = used + 1 WHERE id = $owner" \
	"UPDATE version SET size = size - 1; UPDATE user SET used = used - 1 WHERE id = $owner"
wrong 'folder has bytes of its own' "UPDATE entry SET size = 1 WHERE id = $inner; UPDATE user SET used = used + 1 WHERE id = $owner" \
	"UPDATE entry SET size = 0 WHERE id = $inner; UPDATE user SET used = used - 1 WHERE id = $owner"
wrong 'version belongs to no file' "UPDATE version SET entry = $inner" "UPDATE version SET entry = $v"
wrong 'version belongs to no file' "UPDATE version SET entry = 999; UPDATE user SET used = used - 5 WHERE id = $owner" \
	"UPDATE version SET entry = $v; UPDATE user SET used = used + 5 WHERE id = $owner"
wrong 'entry is in no folder' "UPDATE entry SET parent = 999 WHERE id = $a" "UPDATE entry SET parent = 0 WHERE id = $a"
wrong 'entry is in no folder' "UPDATE entry SET parent = $v WHERE id = $a" "UPDATE entry SET parent = 0 WHERE id = $a"
wrong 'folder is reached from no root' "UPDATE entry SET parent = $inner WHERE id = $inner" "UPDATE entry SET parent = $outer WHERE id = $inner"
wrong 'entry is half in the trash' "UPDATE entry SET parent = 2 WHERE id = $a" "UPDATE entry SET parent = 0 WHERE id = $a"
wrong 'entry is half in the trash' "UPDATE entry SET trashed = 1 WHERE id = $a" "UPDATE entry SET trashed = NULL WHERE id = $a"
wrong 'entry belongs to no user' "INSERT INTO entry VALUES (999, 0, 'x', 998, TRUE, NULL, 0, 0, 0, NULL, NULL, NULL)" \
	"DELETE FROM entry WHERE owner = 999"
wrong 'upload belongs to no user' "INSERT INTO upload VALUES (1, 999, 0, 'x', 0)" 'DELETE FROM upload'
wrong 'blob has a wrong count of references' "$(blob 'refs = refs + 1')" "$(blob 'refs = refs - 1')"
copy='INSERT INTO copy (sha256, store, verified, damaged)'
wrong 'blob that is referred to has no good copy' "DELETE FROM copy WHERE sha256 = UNHEX('$sha')" "$copy VALUES (UNHEX('$sha'), 'local', 0, NULL)"
wrong 'copy is of no blob' "$copy VALUES (REPEAT('x', 32), 'local', 0, NULL)" "DELETE FROM copy WHERE sha256 = REPEAT('x', 32)"
wrong 'copy is damaged' "$copy VALUES (UNHEX('$sha'), 'shelf', 0, 7)" "DELETE FROM copy WHERE store = 'shelf'"
wrong 'remnant is overdue' "INSERT INTO remnant VALUES ('shelf', UNHEX('$sha'), 7, 0, FALSE)" 'DELETE FROM remnant'
wrong 'user has a wrong count of used bytes' 'UPDATE user SET used = used + 1 WHERE admin' 'UPDATE user SET used = used - 1 WHERE admin'
wrong 'user has a wrong count of reserved bytes' 'UPDATE user SET reserved = 1 WHERE admin' 'UPDATE user SET reserved = 0 WHERE admin'

# A blob whose bytes are elsewhere need not be here.
sql "UPDATE copy SET store = 'shelf' WHERE sha256 = UNHEX('$sha')"
mv "$file" "$tmp/kept"
fsck
expect_status 0
expect_body '1 blobs elsewhere'
mv "$tmp/kept" "$file"
sql "UPDATE copy SET store = 'local' WHERE sha256 = UNHEX('$sha')"

# Bytes that are not there, or not those.
mv "$file" "$tmp/kept"
finds 'blob has no file'
ln -s "$tmp/kept" "$file"
finds 'blob is not a file'
rm "$file" && printf 'one more' >"$file"
finds 'blob has 8 bytes, not 3'
printf eno >"$file"
fsck
expect_status 0
finds 'blob has other bytes' --read
rm "$file" && mv "$tmp/kept" "$file"
sql "$(blob 'md5 = LEFT(sha1, 16)')"
finds 'blob has other bytes' --read
sql "$(blob "md5 = UNHEX('$(printf one | md5sum | cut -c1-32)')")"

# What belongs to nobody is counted, and wrong when the sweeper should have taken it long ago.
old='3 days ago'
stray=$var/store/blob/ab/ab$(printf '0%.0s' $(seq 62))
mkdir -p "${stray%/*}" && printf stray >"$stray"
fsck
expect_status 0
expect_body '1 files nobody refers to'
touch -d "$old" "$stray"
finds 'file nobody knows is overdue'
mv "$stray" "$var/store/blob/ab/.draft"
finds 'file nobody knows is overdue'
rm "$var/store/blob/ab/.draft"
mkdir "$var/store/staging/killed" && touch -d "$old" "$var/store/staging/killed"
finds 'remains of an upload are overdue'
exec 7<"$var/store/staging/killed" && flock 7
fsck
expect_status 0
exec 7<&- && rmdir "$var/store/staging/killed"
api POST /file/delete -d id="$a" -d forever=1
expect_status 200
fsck
expect_status 0
expect_body '1 files nobody refers to'
sql "$(blob 'touched = 0')"

# It changes nothing, whatever it finds.
state() { sql 'CHECKSUM TABLE entry, version, `blob`, copy, user, upload' && find "$var/store" -printf '%p %i %s %T@ %C@\n' | sort; }
state >"$tmp/before"
finds 'blob nobody refers to is overdue' --read
state | cmp - "$tmp/before" || fail 'fsck has changed something'

# Where it cannot look it says so, and does not call that well or wrong.
mv "$var/store/blob/ab" "$tmp/ab" && : >"$var/store/blob/ab"
fsck
expect_status 2
expect_body "^coffer fsck: cannot read '.*/ab': "
COFFER_CONF=$tmp/none fsck
expect_status 2
