#!/bin/bash
# A program that is killed as it enters any system call that matters loses nothing and leaves
# nothing half done: the client gets an error, the name shows nothing, the old file or the new one,
# what was acknowledged is bit exact, the sweeper takes what is left, and the same request succeeds.
. "$(dirname "$0")/killed.sh"
user ann

# Which of the files NAME shows, or `nothing`.
shows() {
	local file
	api GET "/file/download?path=/$1"
	[ "$status" != 404 ] || { echo nothing && return; }
	for file in "${@:2}"; do
		! cmp -s "$tmp/body" "$file" || { basename "$file" && return; }
	done
	echo "something else ($status)"
}
expect_shown() {
	local shown
	shown=$(shows "$1" "$tmp/old" "$tmp/new" "$tmp/$1")
	[[ " $2 " == *" $shown "* ]] || fail "$request, killed at $call $n: $1 shows $shown, not $2"
}

# A new file, small (digested and written at once) and large (space reserved and set aside).
new_file() {
	local size=$1 few=$2 call n name
	for call in "${@:3}"; do
		for ((n = 1; ; n = $(after $n $few))); do
			name=$size.$call.$n
			head -c "$size" /dev/urandom >"$tmp/$name"
			hit $call $n PUT "/file/upload?name=$name" -T "$tmp/$name" || break
			[[ $status = 5?? ]] && expect_shown $name "nothing $name" || expect_shown $name $name
			clean
			api PUT "/file/upload?name=$name" -T "$tmp/$name"
			[[ $status = 20[01] ]] || fail "again: $request: $status"
			names+=" $name"
		done
		[ $n -gt 1 ] || fail "a PUT of $size bytes makes no $call"
	done
}
keep upload
new_file 4000 $few openat write fsync linkat sendto unlink
new_file 1100000 4 fallocate sendto
new_file 1100001 2 write

# An archive of files old and new, in a folder that is new: each shows the old bytes, the new ones or,
# if it is new, nothing; and all of what was acknowledged.
mkdir "$tmp/in"
printf 'kept, old' >"$tmp/old"
for call in openat write syncfs linkat sendto unlink; do
	for ((n = 1; ; n = $(after $n 8))); do
		folder=tar.$call.$n
		mkdir -p "$tmp/in/$folder"
		for file in 1 2 3; do head -c 3000 /dev/urandom >"$tmp/in/$folder/$file"; done
		printf "kept, $call $n" >"$tmp/in/kept"
		api PUT '/file/upload?name=kept' -T "$tmp/old"
		tar -C "$tmp/in" -cf "$tmp/tar" kept "$folder"
		archive=(POST /file/upload -H 'Content-Type: application/x-tar' --data-binary "@$tmp/tar")
		hit $call $n "${archive[@]}" || break
		said=$status
		for name in kept $folder/1 $folder/2 $folder/3; do
			shown=$(shows "$name" "$tmp/in/$name" "$tmp/old")
			case $said,$name,$shown in
			*,kept,kept | 5??,kept,old | *,$folder/?,"${name#*/}" | 5??,$folder/?,nothing) ;;
			*) fail "an archive killed at $call $n with $said: $name shows $shown" ;;
			esac
		done
		clean
		api "${archive[@]}"
		expect_status 201
		expect_body "\"path\":\"$folder/3\""
	done
	[ $n -gt 1 ] || [ $call = syncfs ] || fail "an archive makes no $call"
	rm -r "$tmp/in/"*
done

# A form that replaces two files: both are the old ones, or both the new ones.
printf 'one, old' >"$tmp/old1"
printf 'two, old' >"$tmp/old2"
for call in fsync linkat sendto unlink; do
	for ((n = 1; ; n = $(after $n $few))); do
		printf "one, $call $n" >"$tmp/new1"
		printf "two, $call $n" >"$tmp/new2"
		api POST /file/upload -F "f=@$tmp/old1;filename=one" -F "f=@$tmp/old2;filename=two"
		expect_status 201
		hit $call $n POST /file/upload -F "f=@$tmp/new1;filename=one" -F "f=@$tmp/new2;filename=two" || break
		shown=$(shows one "$tmp/new1" "$tmp/old1"),$(shows two "$tmp/new2" "$tmp/old2")
		case $status,$shown in
		*,new1,new2 | 5??,old1,old2) ;;
		*) fail "a form killed at $call $n with $status shows $shown" ;;
		esac
		clean
		api POST /file/upload -F "f=@$tmp/new1;filename=one" -F "f=@$tmp/new2;filename=two"
		expect_status 201
	done
done

[ "$(sql 'SELECT COUNT(*), (SELECT SUM(reserved) FROM user) FROM upload')" = $'0\t0' ] ||
	fail 'a reservation is left'
# Everything that was ever acknowledged.
for name in $names; do
	[ "$(shows "$name" "$tmp/$name")" = "$name" ] || fail "$name was acknowledged, and is not there"
done

# Deleting for good.
keep delete
for ((n = 1; ; n = $(after $n $few))); do
	name=delete.$n
	cp "$tmp/new1" "$tmp/$name"
	api PUT "/file/upload?name=$name" -T "$tmp/$name"
	expect_status 201
	id=$(json 'd["id"]')
	hit sendto $n POST /file/delete -d id="$id" -d forever=1 || break
	[[ $status = 5?? ]] && expect_shown $name "nothing $name" || expect_shown $name nothing
	clean
	api POST /file/delete -d id="$id" -d forever=1
	[[ $status = 200 || $status = 404 ]] || fail "again: $request: $status"
	expect_shown $name nothing
done
[ "$n" -gt 1 ] || fail 'deleting sends nothing to the database'

# A file that comes in without its bytes, which another one has.
claim() {
	api POST /file/instant -d "name=$name" -d "size=$(stat -c %s "$tmp/$name")" -d "sha256=$(sha256sum <"$tmp/$name" | cut -c-64)"
	expect_status 200
	challenge=$(json 'd["challenge"]')
	proof=$(openssl dgst -sha256 -mac HMAC -macopt hexkey:"$(json 'd["key"]')" "$tmp/$name" | sed 's/.* //')
}
keep instant
for call in sendto openat; do
	for ((n = 1; ; n = $(after $n $few))); do
		name=instant.$call.$n
		cp "$tmp/new1" "$tmp/$name"
		claim
		hit $call $n POST /file/instant -d "challenge=$challenge" -d "proof=$proof" || break
		[[ $status = 5?? ]] && expect_shown $name "nothing $name" || expect_shown $name $name
		clean
		claim
		api POST /file/instant -d "challenge=$challenge" -d "proof=$proof"
		[[ $status = 20[01] ]] || fail "again: $request: $status"
		expect_shown $name $name
	done
	[ "$n" -gt 1 ] || fail "a proof makes no $call"
done

"$coffer" fsck --read || fail fsck
end_killing
