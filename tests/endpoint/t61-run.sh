#!/bin/bash
# run: a second start has all data, Ctrl-C leaves nothing behind, a kill -9 nothing in the way; what
# keeps it from starting is said in one sentence.
unset XDG_RUNTIME_DIR
. "$(dirname "$0")/lib.sh"
user ann
printf kept >"$tmp/f"
api PUT '/file/upload?name=f' -T "$tmp/f"
expect_status 201
port=${url##*:}
spool=/dev/shm/coffer-$(cksum <<<"$var" | cut -d' ' -f1)

# In a process group of its own, as a shell starts it in a terminal.
launch() {
	: >"$tmp/house"
	setsid env --default-signal=INT cgi-bin/tools/run "$var" "$port" >"$tmp/house" 2>&1 &
	house=$!
}
# up: waits until what launch has started is ready.
up() {
	local i
	for ((i = 0; i < 1200; i++)); do
		! grep -q ^ready "$tmp/house" || return 0
		kill -0 "$house" 2>"$tmp/null" || break
		sleep 0.05
	done
	fail 'it does not start'
}
has_its_data() {
	api GET '/file/download?path=/f'
	expect_status 200
	cmp "$tmp/body" "$tmp/f" || fail "other bytes $1"
}
# Every process of a Coffer has this variable from the one that started it.
left() { grep -lsz "^COFFER_VAR=$var\$" /proc/[0-9]*/environ; }
leaves_nothing() {
	[ -z "$(left)" ] || fail "$1 leaves processes: $(for p in $(left); do tr '\0' ' ' <"${p%environ}cmdline"; done)"
	[ -z "$(find "$var/run" -name '*.sock' -o -name '*.pid')" ] || fail "$1 leaves $(ls "$var/run")"
	[ ! -e "$spool" ] || fail "$1 leaves $spool"
}
control_c() {
	kill -INT -- "-$house"
	wait "$house" || fail "Ctrl-C ends with $?"
	house=
}

kill "$house" && wait "$house"
leaves_nothing 'the end of the terminal'
launch && up
has_its_data 'after the second start'
[ -n "$(left)" ] || fail 'processes of a Coffer cannot be told'
control_c
leaves_nothing Ctrl-C

# Ctrl-C at any moment of the start.
for moment in database.pid keeper.pid lighttpd.pid; do
	launch
	for ((i = 0; i < 1200; i++)); do
		[ ! -e "$var/run/$moment" ] || break
		sleep 0.01
	done
	control_c
	leaves_nothing "Ctrl-C when there is $moment"
done

# Killed, it takes the others along; the next start waits for the last of them.
launch && up
kill -KILL "$house"
wait "$house" 2>"$tmp/null"
launch && up
has_its_data 'after kill -9'

# refuses SENTENCE VAR PORT: fails, with that sentence and nothing else.
refuses() {
	! cgi-bin/tools/run "$2" "$3" >"$tmp/body" 2>&1 || fail "starts, though: $1"
	[ "$(cat "$tmp/body")" = "run: $1" ] || fail "does not say: $1"
}
refuses "port $port is taken; choose another with PORT=" "$tmp/w" "$port"
refuses "another Coffer runs in $var" "$var" "$port"
refuses "'80a' is no port; choose one with PORT=" "$tmp/w" 80a
mkdir "$tmp/bin" && ln -s /bin/* /usr/bin/* "$tmp/bin" 2>"$tmp/null"
rm "$tmp/bin/mariadb-admin"
PATH=$tmp/bin refuses 'mariadb-admin is missing; cgi-bin/tools/packages run installs it' "$tmp/w" "$port"
has_its_data 'after all of that'
