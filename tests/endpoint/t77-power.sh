#!/bin/bash
# The power goes while five clients send, each in its own way, and delete: what was acknowledged is
# there when it is back, bit-exact, an upload in pieces goes on where it was said to be, and whatever
# has a name has all its bytes.
#
# Database and store are on a disk of their own, an ext4 that is told to forget what it has not been
# made to write (EXT4_IOC_SHUTDOWN without a flush of its journal) and never writes by itself: so only
# what was synced is left. That takes root and a loop device; elsewhere CTest says that it was skipped.
if [ -z "${COFFER_MOUNTS:-}" ]; then
	[ "$(id -u)" = 0 ] && losetup -f >/dev/null 2>&1 || { echo 'no loop device to be had' && exit 77; }
	COFFER_MOUNTS=1 exec unshare --mount "$0"
fi
without_house=1
. "$(dirname "$0")/lib.sh"
[[ $build == */asan ]] && rounds=2 || rounds=5
trap 'failed=$?; power_off; (exit $failed); finish' EXIT

disk_on() { mount -o loop,data=writeback,commit=900,nodev "$tmp/disk" "$var" || fail 'cannot mount a disk'; }
# Nobody gets to say goodbye: every process of a Coffer has this variable from the one that started it.
power_off() {
	local processes tries
	mountpoint -q "$var" || return 0
	python3 -c 'import fcntl, os, sys; fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587D, (2).to_bytes(4, "little"))' "$var" ||
		echo 'the disk cannot be shut down'
	[ -z "$house" ] || { kill -KILL "$house" && wait "$house"; } 2>"$tmp/null"
	while processes=$(grep -lsz "^COFFER_VAR=$var\$" /proc/[0-9]*/environ | cut -d/ -f3) && [ -n "$processes" ]; do
		# shellcheck disable=SC2086
		kill -KILL $processes 2>"$tmp/null"
		sleep 0.02
	done
	house=
	for ((tries = 500; tries > 0; tries--)); do
		! umount "$var" 2>"$tmp/null" || return 0
		sleep 0.02
	done
	fail 'the disk is still in use'
}

# What is no part of it: logs, and what passes through memory.
export XDG_RUNTIME_DIR=$tmp
mkdir "$var" "$tmp/log"
ln -s "$tmp/log" "$var/log"
truncate -s 2G "$tmp/disk"
mkfs.ext4 -q -F -E lazy_itable_init=1,lazy_journal_init=1 "$tmp/disk" || fail 'cannot make a disk'
disk_on
ln -s "$tmp/log" "$var/log"
start
user ann
for ((round = 1; round <= rounds; round++)); do
	python3 tests/endpoint/power.py load "$url" "$token" "$tmp/promises" $round 2>"$tmp/load" &
	load=$!
	sleep $((round % 3 + 1)).$((RANDOM % 10))
	power_off
	wait $load || fail "the clients: $(cat "$tmp/load")"
	disk_on
	start
	python3 tests/endpoint/power.py check "$url" "$token" "$tmp/promises" || fail "round $round: $(grep '"end"' "$tmp/promises")"
	"$sweeper" 2>>"$var/log/sweeper.log" || fail 'the sweeper fails'
	[ -z "$(find "$var/store/staging" -type f)" ] || fail 'staging is left'
	[ "$(sql 'SELECT SUM(reserved), (SELECT COUNT(*) FROM upload) FROM user')" = $'0\t0' ] || fail 'a reservation is left'
	"$coffer" fsck --read || fail fsck
done
