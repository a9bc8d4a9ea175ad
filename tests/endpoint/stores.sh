# Sourced behind lib.sh by tests of other stores: stand-ins that lie on demand (s3.py), what makes
# copies there, and what must be true of them. Every file of the user is also in $tmp/files.
#
#   store near ['LINE'...]       starts a stand-in; [stores.near] has these lines, too
#   tier near,far ['LINE'...]    what [tier] says from now on: stores, no hours, and these lines
#   lie near PUT KEY 'LIE'       a lie of s3.py's about requests whose key matches;  truth near
#   asked near METHOD [REGEX]    how many such requests there have been, of any answer
#   new small 4000               a file of random bytes, uploaded; where it is: $tmp/files/small
#   move · sweep                 the mover and the sweeper, once; what they say is in their logs
#   whole small                  it downloads at once, bit exact
#   here · there small near      whether it is on the local disk, or has a good copy in that store
#   honest · nothing_left        see below
#
# $what says in failures what was going on.

mover=$build/cgi-bin/workers/mover
scrubber=$build/cgi-bin/workers/scrubber
what=
declare -A endpoint server ids
mkdir "$tmp/files"

# It goes down with the test. Started again it is empty, and elsewhere.
serve() {
	setpriv --pdeathsig TERM python3 tests/endpoint/s3.py >"$tmp/$1.port" 2>"$tmp/$1.err" &
	server[$1]=$!
	await . "$tmp/$1.port"
	endpoint[$1]=http://127.0.0.1:$(cat "$tmp/$1.port")
}
keys() { (umask 077 && printf '%s\n' "$2" "$3" >"$var/$1.keys"); }
store() {
	serve "$1"
	keys "$1" coffer-test not-a-secret
	printf '%s\n' "[stores.$1]" 'kind = "s3"' "endpoint = \"${endpoint[$1]}\"" 'bucket = "bucket"' 'prefix = "p/"' \
		"keys_file = \"$1.keys\"" 'path_style = true' "${@:2}" >>"$var/stores.toml"
	configure
}
tier() {
	printf '%s\n' '[tier]' "stores = [\"${1//,/\", \"}\"]" 'after_hours = 0' 'linger_seconds = 0' "${@:2}" >"$var/tier.toml"
	configure
}
configure() {
	[ -e "$var/plain.conf" ] || sed 's/^# grace_hours = .*/grace_hours = 0/' "$var/coffer.conf" >"$var/plain.conf"
	cat "$var/plain.conf" "$var"/{stores,tier}.toml >"$var/coffer.conf.new" 2>"$tmp/null"
	mv "$var/coffer.conf.new" "$var/coffer.conf"
}

control() { curl -sS -m 10 -X PUT -d "$3" "${endpoint[$1]}/$2" >"$tmp/null" || fail "$what: no $2 at $1"; }
lie() { control "$1" _control "{\"method\": \"$2\", \"key\": \"$3\", $4}"; }
truth() { control "$1" _control '{}'; }
# say STORE _log EXPRESSION: what it says, d, by a Python expression.
say() {
	curl -sS -m 10 "${endpoint[$1]}/$2" |
		python3 -c 'import json, re, sys; d = json.load(sys.stdin); r = eval(sys.argv[1]); print(r if not isinstance(r, list) else "\n".join(r))' "$3"
}
asked() { say "$1" _log "sum(m == '$2' and bool(re.search(r'''${3:-}''', k + '?' + q)) for m, k, q, _ in d)"; }
requests() { say "$1" _log 'len(d)'; }

put() {
	api PUT "/file/upload?name=$1" -T "$tmp/files/$1"
	[[ $status = 20[01] ]] || fail "$what: $request: status $status"
	ids[$1]=$(sed 's/^{"id":\([0-9]*\),.*/\1/' "$tmp/body")
}
new() {
	head -c "$2" /dev/urandom >"$tmp/files/$1"
	put "$1"
}
remove() {
	api POST /file/delete -d id="${ids[$1]}" -d forever=1
	expect_status 200
	rm "$tmp/files/$1"
}
sha() { sha256sum <"$tmp/files/$1" | cut -c-64; }
whole() {
	api GET "/file/download?path=/$1"
	[ "$status" = 200 ] || fail "$what: $1 was acknowledged, and is not to be had: $status"
	cmp "$tmp/body" "$tmp/files/$1" || fail "$what: $1 has other bytes"
}
all_whole() {
	local file
	for file in "$tmp"/files/*; do whole "${file##*/}"; done
}

move() { "$mover" "$@" 2>>"$var/log/mover.log"; }
moves() { move || fail "$what: the mover fails"; }
sweep() { "$sweeper" 2>>"$var/log/sweeper.log"; }
sweeps() { sweep || fail "$what: the sweeper fails"; }
here() { local name; name=$(sha "$1") && [ -e "$var/store/blob/${name:0:2}/$name" ]; }
there() { [ "$(sql "SELECT 1 FROM copy WHERE sha256 = 0x$(sha "$1") AND store = '$2' AND damaged IS NULL AND leaving IS NULL")" = 1 ]; }
sane() { "$coffer" fsck "$@" >"$tmp/fsck" || fail "$what: $(cat "$tmp/fsck")"; }

# honest STORE: each copy that has a row is in the store, and its bytes are those it is named by.
honest() {
	sql "SELECT CONCAT('bucket/p/', LOWER(HEX(sha256)), '.', LPAD(LOWER(HEX(serial)), 16, '0')) FROM copy
		WHERE store = '$1' AND damaged IS NULL" | sort >"$tmp/rows"
	curl -sS -m 10 "${endpoint[$1]}/_digests" | tr -d '{}" \n' | tr , '\n' | sort >"$tmp/objects"
	sed -n 's,^\(bucket/p/\(.*\)[.].*\):\2$,\1,p' "$tmp/objects" >"$tmp/right"
	[ -z "$(comm -23 "$tmp/rows" "$tmp/right")" ] ||
		fail "$what: $1 has no such copies: $(comm -23 "$tmp/rows" "$tmp/right" | tee "$tmp/lost"), but $(grep -F -f "$tmp/lost" "$tmp/objects")"
}

# nothing_left STORE: every blob has a copy there, and there is nothing else.
nothing_left() {
	honest "$1"
	[ -z "$(comm -13 "$tmp/rows" <(sed 's/:.*//; /^$/d' "$tmp/objects"))" ] ||
		fail "$what: $1 has more than its copies: $(cat "$tmp/objects")"
	[ "$(curl -sS -m 10 "${endpoint[$1]}/_uploads")" = '[]' ] || fail "$what: $1 has uploads that nobody ends"
	[ "$(sql "SELECT (SELECT COUNT(*) FROM transfer WHERE store = '$1'), (SELECT COUNT(*) FROM remnant WHERE store = '$1'),
		(SELECT COUNT(*) FROM \`blob\` b WHERE refs > 0 AND NOT EXISTS (SELECT 1 FROM copy c
		WHERE c.sha256 = b.sha256 AND store = '$1' AND damaged IS NULL))")" = $'0\t0\t0' ] ||
		fail "$what: transfers or remnants are left at $1, or blobs that have no copy there"
}
