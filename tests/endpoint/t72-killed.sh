#!/bin/bash
# A program that is killed as it enters any system call that matters loses nothing and leaves
# nothing half done: the client gets an error, the name shows nothing, the old file or the new one,
# what was acknowledged is bit exact, the sweeper takes what is left, and the same request succeeds.
#
# A call is found by its number: the program is killed at the first one, a new program at the
# second, and so on until one comes through. Where many are alike, as the writes of a large file,
# the steps grow; under sanitizers, which make each of them slow, they do so everywhere.
. "$(dirname "$0")/lib.sh"
user ann
[[ $build == */asan ]] && few=1 || few=1000
hits=0

# keep PROGRAM: gives it a keeper of its own, which takes over its address. Told to replace the
# program, that one starts one at once; after many deaths the first keeper would wait longer.
keep() {
	log=$var/log/$1.log
	setpriv --pdeathsig TERM "$build/cgi-bin/tools/keeper" "$var/run" "$build/cgi-bin/$1" 2>>"$log" &
	keeper=$!
	keepers+=" $!"
	await event=ready "$log"
	pid=$(born)
}

born() { sed -n 's/^keeper .* pid=\([0-9]*\) event=start$/\1/p' "$log" | tail -n 1; }

# What the program says from now on.
listen() {
	cat "$log" >>"$var/log/before.log"
	: >"$log"
}

# hit CALL N METHOD PATH ARG...: a request whose program is killed as it enters its N-th CALL, and
# started anew. Fails if it came through, as the line that it logs in the end says.
hit() {
	listen
	trace "$pid" -e trace="$1" -e inject="$1:signal=KILL:when=$2"
	api "${@:3}"
	while kill -0 "$pid" 2>"$tmp/null"; do
		if grep -q method= "$log"; then untrace; return 1; fi
		sleep 0.01
	done
	untrace
	hits=$((hits + 1))
	# One that is killed between its answer and its log line has said 2xx.
	[[ $status = [25]?? ]] || fail "$request, killed at $1 $2: $status"
	listen
	kill -HUP $keeper
	await event=ready "$log"
	pid=$(born)
}
# The number to try after N, where more than FEW calls are alike.
after() { echo $(($1 + 1 + ($1 > 3 ? $1 / $2 : 0))); }

# The sweeper finds what is left of the dead, and nothing else is wrong.
clean() {
	"$sweeper" 2>>"$var/log/sweeper.log" || fail "$request: the sweeper fails"
	"$coffer" fsck >"$tmp/fsck" || fail "$request: $(cat "$tmp/fsck")"
	[ -z "$(find "$var/store/staging" -type f)" ] || fail "$request: staging is left"
}

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
echo "$hits programs were killed"
# shellcheck disable=SC2086
kill $keepers && wait $keepers
