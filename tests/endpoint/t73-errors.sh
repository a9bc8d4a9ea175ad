#!/bin/bash
# A disk that fails or is full costs the request that meets it and nothing else: the client gets 507
# or 500 in a calm sentence, nothing is kept, a sync that failed is never tried again as if it had
# not, downloads go on, and the next upload works.
#
# The store is on a small disk in memory, mounted in a namespace of this test alone.
if [ -z "${COFFER_MOUNTS:-}" ]; then
	alone=(unshare --mount)
	[ "$(id -u)" = 0 ] || alone+=(--map-root-user)
	"${alone[@]}" true || { echo 'FAIL: this test needs the right to mount a disk' && exit 1; }
	COFFER_MOUNTS=1 exec "${alone[@]}" "$0"
fi
. "$(dirname "$0")/lib.sh"
store=$var/store
trap 'failed=$?; umount -l "$store"; (exit $failed); finish' EXIT
mount -t tmpfs -o size=96m,nr_inodes=400,mode=700 small "$store" || fail 'cannot mount a disk'
sed -i 's/^# keep_free = .*/keep_free = 0/; s/^# grace_hours = .*/grace_hours = 0/' "$var/coffer.conf"

reload upload download
user ann

# New bytes of that many under a new name, by PUT, or by a form that brings a large file too.
put() {
	name=$((++number))
	head -c "$1" /dev/urandom >"$tmp/$name"
	api PUT "/file/upload?name=$name" -T "$tmp/$name"
}
form() {
	name=$((++number))
	head -c "$1" /dev/urandom >"$tmp/$name"
	api POST /file/upload -F "file=@$tmp/$name" -F "file=@$tmp/large;filename=large.$name"
}
# Or of an archive with two more files.
archive() {
	name=$((++number))
	mkdir "$tmp/in$name"
	for file in $name 1.$name 2.$name; do head -c "$1" /dev/urandom >"$tmp/in$name/$file"; done
	tar -C "$tmp/in$name" -cf "$tmp/tar" $name 1.$name 2.$name
	api POST /file/upload -H 'Content-Type: application/x-tar' --data-binary "@$tmp/tar"
}
number=0 fillers=0
small=4000 medium=300000 large=3000000
head -c $large /dev/urandom >"$tmp/large"

# A request that was refused got a calm answer, and nothing of it is there.
refused() {
	[ "$status" = "$1" ] || fail "$what: $status, not $1"
	expect_header Content-Type application/problem.json
	case $status in
	507) expect_body '"the disk has too little room left for that"' ;;
	*) expect_body '"something went wrong on our side; nothing of yours is lost"' ;;
	esac
	[ -z "$(find "$store/staging" -type f)" ] || fail "$what: staging is left"
	[ "$(sql "SELECT COUNT(*), (SELECT SUM(reserved) FROM user) FROM entry WHERE name LIKE '%$name'")" = $'0\t0' ] ||
		fail "$what: an entry or a reservation is left"
	# The same bytes once more, with nothing in the way.
	[ $# = 1 ] || { "$2" "$3" && [ "$status" = 201 ]; } || fail "$what: $status afterwards"
}

# meets STATUS CALL ERROR N REQUEST BYTES: the N-th CALL of a request fails, and the next one works.
meets() {
	local what="${*:2}"
	trace "$(serving upload)" -e trace="$2" -e inject="$2:error=$3:when=$4"
	"$5" "$6"
	untrace
	grep -q INJECTED "$tmp/trace" || fail "$what: there is no such call: $(cat "$tmp/trace")"
	if [ "$1" = 201 ]; then
		[ "$status" = 201 ] || fail "$what: $status"
	else
		refused "$1" "$5" "$6"
	fi
}
meets 507 mkdir ENOSPC 1 put $small  # of the program's folder, at its first upload
meets 507 openat ENOSPC 1 put $small
meets 500 openat EMFILE 1 put $small
meets 500 openat EMFILE 2 put $small
meets 507 write ENOSPC 1 put $small
meets 507 write EDQUOT 1 put $small
meets 500 write EIO 1 put $small
meets 201 write EINTR 1 put $small
meets 500 fsync EIO 1 put $small
meets 500 fsync EIO 2 put $small
meets 507 fsync ENOSPC 1 put $small
meets 507 linkat ENOSPC 1 put $small
meets 500 linkat EIO 1 put $small
meets 507 fallocate ENOSPC 1 put $large
meets 500 fallocate EIO 1 put $large
meets 201 fallocate EINTR 1 put $large
meets 201 fallocate EOPNOTSUPP 1 put $large
meets 507 write ENOSPC 3 put $large
meets 500 fsync EIO 1 put $large
meets 500 ftruncate EIO 1 form $small
meets 500 fsync EIO 1 form $small
meets 500 fsync EIO 3 form $small
meets 507 linkat ENOSPC 2 form $small
meets 507 openat ENOSPC 2 archive $small
meets 507 write ENOSPC 2 archive $small
meets 500 write EIO 3 archive $small
for n in 1 2 3 4; do meets 500 fsync EIO $n archive $small; done
meets 507 linkat ENOSPC 2 archive $small
"$coffer" fsck --read || fail fsck

# No byte is left, or no inode: what is there can be read, by programs and a sweeper that start then
# too, and as soon as there is room again uploads come in.
fill() {
	mkdir -p "$store/filler"
	case $1 in
	bytes) dd if=/dev/zero of="$store/filler/bytes" bs=64k 2>"$tmp/null" ;;
	inodes) while : >"$store/filler/$((++fillers))"; do :; done 2>"$tmp/null" ;;
	esac
}
put $small
kept=$name
for what in bytes inodes; do
	fill $what
	for size in $small $medium $large; do put $size && refused 507; done
	form $small && refused 507
	archive $small && refused 507
	reload upload download
	put $small && refused 507
	api GET "/file/download?path=/$kept"
	cmp "$tmp/body" "$tmp/$kept" || fail "$what: no download from a full disk"
	"$sweeper" 2>>"$var/log/sweeper.log" || fail "$what: no sweeper on a full disk"
	rm -r "$store/filler"
	put $small && [ "$status" = 201 ] || fail "$what: $status afterwards"
done

# One inode is left: the file comes in, and there is none for its name.
what='the last inode'
fill inodes
rm "$store/filler/$((fillers - 1))"
put $small && refused 507
rm -r "$store/filler"

# The disk fills up while a body comes. A large file has set its room aside, others end with 507.
mkfifo "$tmp/slow"
slowly() {
	exec >"$tmp/slow"
	head -c 3000 "$tmp/$name"
	until [ "$(find "$store/staging" -type f)" ]; do sleep 0.01; done
	fill bytes
	tail -c +3001 "$tmp/$name"
}
for size in $small $medium $large; do
	what="full in the middle of $size bytes"
	name=$((++number))
	head -c $size /dev/urandom >"$tmp/$name"
	slowly &
	api PUT "/file/upload?name=$name" -H Transfer-Encoding: -H "Content-Length: $size" -T "$tmp/slow"
	wait $!
	if [ $size = $large ]; then [ "$status" = 201 ] || fail "$what: $status"; else refused 507; fi
	rm -r "$store/filler"
	put $size && [ "$status" = 201 ] || fail "$what: $status afterwards"
done

# The disk fills up in the middle of an archive: the groups before are in, and it is said which.
mount -o "remount,size=$(($(df --output=used -m "$store" | tail -n 1) + 60))m" "$store"
mkdir "$tmp/big"
for file in 1 2 3 4 5; do head -c 17000000 /dev/urandom >"$tmp/big/big$file"; done
tar -C "$tmp/big" -cf "$tmp/tar" big{1..5}
api POST /file/upload -H 'Content-Type: application/x-tar' --data-binary "@$tmp/tar"
expect_status 207
[ "$(json '[f["path"] for f in d["files"]], d["error"], d["status"]')" = \
	"(['big1', 'big2'], 'the disk has too little room left for that', 507)" ] || fail 'not what was in'
[ "$(sql "SELECT GROUP_CONCAT(name ORDER BY name), (SELECT SUM(reserved) FROM user) FROM entry WHERE name LIKE 'big%'")" = $'big1,big2\t0' ] ||
	fail 'another file is in, or a reservation is left'
[ -z "$(find "$store/staging" -type f)" ] || fail 'staging is left'
api GET '/file/download?path=/big2'
cmp "$tmp/body" "$tmp/big/big2" || fail 'not the same bytes'

# Bytes of uploads that were refused are taken by the sweeper, and those of all others are right.
"$sweeper" 2>>"$var/log/sweeper.log" || fail 'the sweeper fails'
"$coffer" fsck --read | tee "$tmp/fsck"
grep -q ' 0 files nobody refers to, 0 wrong' "$tmp/fsck" || fail fsck
