#!/bin/bash
# A program that takes in pieces and is killed as it enters any system call that matters loses no
# byte that it has acknowledged: HEAD never says less than that, or more than there is, who goes on
# from where it says gets the file bit exact, and what nobody can go on with is taken by the sweeper.
# The same for a disk that is full, and for one that fails.
. "$(dirname "$0")/killed.sh"
user ann
head -c 3000000 /dev/urandom >"$tmp/file"
size=3000000

tus() { api "$1" "$2" -H 'Tus-Resumable: 1.0.0' "${@:3}"; }
location() { sed -n 's/^Location: //p' "$tmp/headers" | tr -d '\r'; }
creation() { printf '%s\n' -H 'Tus-Resumable: 1.0.0' -H "Upload-Length: $size" -H 'Content-Length: 0'; }
begin() {
	tus POST "/file/resume?name=$1" -H "Upload-Length: $size" -H 'Content-Length: 0'
	expect_status 201
	path=$(location)
}
# Where to go on.
at() {
	local tries
	for ((tries = 100; tries > 0; tries--)); do
		tus HEAD "$path" -I
		[ "$status" = 503 ] || break # a database that was away is not asked at once
		sleep 0.1
	done
	expect_status 200
	sed -n "s/^Upload-Offset: //p" "$tmp/headers" | tr -d "\r"
}
# The bytes from $1 up to $2 as a piece, in $tmp/piece, and the arguments that send it.
cut_piece() { tail -c +$(($1 + 1)) "$tmp/file" | head -c $(($2 - $1)) >"$tmp/piece"; }
piece=(-H 'Tus-Resumable: 1.0.0' -H 'Content-Type: application/offset+octet-stream' -T "$tmp/piece")
# Goes on to the end from where the server says that it is, which is at least $2; $1 is the name.
complete() {
	local here
	here=$(at)
	[ "$here" -ge "$2" ] && [ "$here" -le $size ] || fail "$1, killed at $call $n, is at $here, and $2 was acknowledged"
	cut_piece "$here" $size
	api PATCH "$path" "${piece[@]}" -H "Upload-Offset: $here"
	expect_status 204
	api GET "/file/download?id=/$1"
	cmp "$tmp/body" "$tmp/file" || fail "$1, killed at $call $n, has other bytes"
}

keep resume

# As it begins: there is an upload or not, and the sweeper takes what has no row.
for call in openat fsync sendto; do
	for ((n = 1; ; n = $(after $n $few))); do
		mapfile -t arguments < <(creation)
		hit $call $n POST "/file/resume?name=begin" "${arguments[@]}" || break
		clean
		[ "$(find "$var/store/resume" -type f | wc -l)" = "$(sql 'SELECT COUNT(*) FROM resumable WHERE entry IS NULL')" ] ||
			fail "begin, killed at $call $n: files and rows are not the same"
	done
	[ "$n" -gt 1 ] || fail "beginning makes no $call"
done

# In a piece in the middle, and in the last one.
for last in 2000000 $size; do
	for call in write fsync fallocate ftruncate sendto linkat unlink; do
		for ((n = 1; ; n = $(after $n $([ $call = write ] && echo 2 || echo $few)))); do
			name=$last.$call.$n
			begin "$name"
			cut_piece 0 400000
			api PATCH "$path" "${piece[@]}" -H 'Upload-Offset: 0'
			expect_status 204
			cut_piece 400000 "$last"
			hit $call $n PATCH "$path" "${piece[@]}" -H 'Upload-Offset: 400000' || break
			clean
			[ -z "$(find "$var/store/resume" -type f -printf '%b %s\n' | awk '$1 * 512 > $2 + 65536')" ] ||
				fail "a PATCH killed at $call $n: space is set aside for nobody"
			complete "$name" $([ "$status" = 204 ] && echo "$last" || echo 400000)
			clean
		done
		[ "$n" -gt 1 ] || [ "$last$call" = 2000000linkat ] || [ "$last$call" = 2000000unlink ] || fail "a PATCH makes no $call"
	done
done

# A disk that is full at that moment, or whose sync fails: an error, and it goes on later.
for fault in fallocate:ENOSPC write:ENOSPC fsync:EIO; do
	call=${fault%:*} n=$fault
	begin "$fault"
	cut_piece 0 $size
	trace "$pid" -e trace="$call" -e inject="$call:error=${fault#*:}:when=1" -P "$var/store/resume/$(printf %s "${path##*/}" | sha256sum | cut -c1-64)"
	api PATCH "$path" "${piece[@]}" -H 'Upload-Offset: 0'
	untrace
	[[ $status = 50[07] ]] || fail "$fault: $status"
	complete "$fault" 0
done

# A database that falls silent while the last piece comes: an error, and HEAD finishes it later or
# says where to go on.
call=STOP n=database
begin silent
database=$(cat "$var/db/db.pid")
status=$(python3 - "${url#http://}" "$path" "$token" "$tmp/file" "$var/store/resume" "$database" <<'END'
import http.client, os, signal, sys, time
host, path, token, file, pieces, database = sys.argv[1:]
body = open(file, "rb").read()
web = http.client.HTTPConnection(host, timeout=60)
web.putrequest("PATCH", path)
for header in (("Authorization", "Bearer " + token), ("Tus-Resumable", "1.0.0"), ("Upload-Offset", "0"),
               ("Content-Type", "application/offset+octet-stream"), ("Content-Length", str(len(body)))):
    web.putheader(*header)
web.endheaders(body[:2_000_000])
while not any(entry.stat().st_size > 1_900_000 for entry in os.scandir(pieces)):
    time.sleep(0.01)
os.kill(int(database), signal.SIGSTOP)
web.send(body[2_000_000:])
print(web.getresponse().status)
END
)
kill -CONT "$database"
[ "$status" = 503 ] || fail "a database that falls silent: $status"
complete silent 0

"$coffer" fsck --read || fail fsck
end_killing
