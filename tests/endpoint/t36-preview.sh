#!/bin/bash
# previews: what a file is its bytes say; pictures are drawn once, by a process that is shut in, and go
# with their file; what is broken, too large or endless is refused in good time and leaves nothing
. "$(dirname "$0")/lib.sh"
python3 tests/endpoint/pictures.py "$tmp" || fail 'no pictures'
store=$var/store/preview
user ann

put() {
	api PUT "/file/upload?name=$1" -T "$2"
	[[ $status == 20[01] ]] || fail "$request: status $status"
	id=$(json 'd["id"]')
}
look() { api GET "/file/preview?id=$id$1" "${@:2}"; }
refused() {
	look "$1"
	expect_status 415
	expect_body 'no preview of this file'
}
cached() { find "$store" -type f -size +0 2>"$tmp/null" | wc -l; }
blob() { sha256sum <"$1" | cut -d' ' -f1; }
inert() {
	expect_header Content-Security-Policy "sandbox; default-src 'none'"
	expect_header X-Content-Type-Options nosniff
	expect_header Cross-Origin-Resource-Policy same-origin
	expect_header Cache-Control private
}
is_webp() { [ "$(head -c 12 "$tmp/body" | tail -c 4)" = WEBP ] || fail "$request: not a WebP"; }

# Images and PDFs are WebPs, whatever their names say; all else keeps the type of its bytes.
for kind in jpg png gif webp tif avif heic pdf; do
	put "$kind.txt" "$tmp/small.$kind"
	for size in '' '&size=small'; do
		look "$size"
		expect_status 200
		expect_header Content-Type image/webp
		inert
		is_webp
	done
done
for file in wav:audio/wav ogg:audio/ogg flac:audio/flac mp3:audio/mpeg m4a:audio/mp4 \
	mp4:video/mp4 mov:video/quicktime webm:video/webm mkv:video/x-matroska; do
	put "${file%:*}.png" "$tmp/a.${file%:*}"
	look ''
	expect_status 200
	expect_header Content-Type "${file#*:}"
	inert
	cmp "$tmp/body" "$tmp/a.${file%:*}" || fail "$file: other bytes"
done
for text in '<script>1</script>' '<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>' '<?xml version="1.0"?><a/>' '记录'; do
	printf %s "$text" >"$tmp/text"
	put page.html "$tmp/text"
	look ''
	expect_status 200
	expect_header Content-Type 'text/plain; charset=utf-8'
	inert
done
head -c 1000 /dev/urandom | tr 'A-Za-z' '\0' >"$tmp/noise"
put noise.jpg "$tmp/noise"
look ''
expect_status 415
expect_body "noise.jpg' have no preview"
: >"$tmp/empty"
put empty.png "$tmp/empty"
look ''
expect_status 415

# A film comes in ranges, as a player asks for it.
put film.mp4 "$tmp/a.mp4"
look '' -r 1000-1999
expect_status 206
expect_header Content-Range 'bytes 1000-1999/'
tail -c +1001 "$tmp/a.mp4" | head -c 1000 | cmp - "$tmp/body" || fail 'another range'

# Pages of a PDF, those there are.
put three.pdf "$tmp/small.pdf"
look '&page=3'
expect_status 200
is_webp
look '&page=4'
expect_status 404
expect_body 'no page 4'
for bad in '&page=0' '&page=10001' '&page=x' '&size=huge'; do
	look "$bad"
	expect_status 400
done

# The second look is at what the first one has made; its reader is told when it has that already.
put 'a%20%22quoted%22%20%26%20name.png' "$tmp/small.png"
look ''
drawn=$store/$(blob "$tmp/small.png" | cut -c1-2)/$(blob "$tmp/small.png")/large-1
was=$(stat -c %i.%y "$drawn") || fail 'nothing is kept'
look ''
[ "$(stat -c %i.%y "$drawn")" = "$was" ] || fail 'it was drawn again'
cmp "$tmp/body" "$drawn" || fail 'another picture'
look '' -H "If-None-Match: $(sed -n 's/^ETag: //Ip' "$tmp/headers" | tr -d '\r')"
expect_status 304

# One's own, also from the trash and of an older version; nobody else's, and no token's of elsewhere.
api POST /file/delete -d id="$id"
look ''
expect_status 200
put versions "$tmp/small.jpg"
put versions "$tmp/a.mp3"
api GET "/file/query?id=$id"
look "&version=$(json 'd["versions"][0]["id"]')"
expect_status 200
expect_header Content-Type image/webp
mine=$token
api POST /file/update -d action=folder -d name=Elsewhere
api POST /user/account -d action=token -d label=narrow -d access=read -d folder="$(json 'd["id"]')"
token=$(json 'd["token"]')
[ -n "$token" ] || fail 'no token for a folder'
look ''
expect_status 404
user bob
look ''
expect_status 404
token=
look ''
expect_status 401
token=$mine

# What cannot be drawn is refused soon, in a sentence, and not tried again; nothing grows or stays.
program=$(serving preview)
peak() { awk '/VmHWM/ {print $2}' "/proc/$program/status"; }
before=$(peak)
for file in "$tmp"/bomb.* "$tmp"/header.* "$tmp"/cut.* "$tmp"/garbage.* "$tmp"/endless.*; do
	put hostile "$file"
	was=$(cached)
	began=$SECONDS
	# On a busy machine 2 s of the processor may be more than it can have in 5 s.
	for ((tries = 0; tries < 5; tries++)); do
		look ''
		[ "$status" = 503 ] || break
	done
	expect_status 415
	expect_body 'no preview of this file'
	[ $((SECONDS - began)) -le $((tries * 6 + 5)) ] || fail "$file: refused after $((SECONDS - began)) s"
	! pgrep -P "$program" >"$tmp/null" || fail "$file: its process is still there"
	refused ''
	[ "$(cached)" = "$was" ] || fail "$file: something was kept"
done
[ -z "$(find "$store" -name '.*')" ] || fail 'a draft was kept'
[ $(($(peak) - before)) -lt 8000 ] || fail "the program grew by $(($(peak) - before)) KiB"

# The process has three descriptors, no environment, and may do next to nothing.
sed 's/842/843/g' "$tmp/endless.pdf" >"$tmp/other.pdf"
put other "$tmp/other.pdf"
look '' &
looking=$!
for ((i = 0; i < 1000; i++)); do
	child=$(pgrep -P "$program" thumbnailer) && grep -qs 'Seccomp:.2' "/proc/$child/status" && break
	sleep 0.01
done
grep -q 'Seccomp:.2' "/proc/$child/status" || fail 'it does not shut itself in'
grep -q 'NoNewPrivs:.1' "/proc/$child/status" || fail 'it may gain rights'
[ ! -s "/proc/$child/environ" ] || fail 'it has an environment'
for descriptor in "/proc/$child/fd"/*; do
	case $(readlink "$descriptor") in
	"$var"/store/* | "$var"/log/* | /usr/share/fonts/* | /var/cache/fontconfig/* | '') ;;
	*) fail "it has $(readlink "$descriptor")" ;;
	esac
done
grep -Eq 'Max cpu time +2 ' "/proc/$child/limits" || fail 'it has no end'
[[ $build == */asan ]] || grep -Eq 'Max data size +268435456 ' "/proc/$child/limits" || fail 'it has no bounds'
wait $looking

# Two are drawn at a time. Who has waited for a turn in vain is told when to come back, and whoever
# looks at what is there already waits for nobody.
for ((i = 0; i < 8; i++)); do
	sed "s/842/85$i/g" "$tmp/endless.pdf" >"$tmp/other.pdf"
	put "endless$i" "$tmp/other.pdf"
	curl -sS -o "$tmp/null" -D "$tmp/turn$i" -H "Authorization: Bearer $token" "$url/file/preview?id=$id" &
	turns[i]=$!
done
[ "$(pgrep -c -P "$program" thumbnailer)" -le 2 ] || fail 'more than two are drawn at a time'
api GET '/file/preview?id=/jpg.txt' -m 1
expect_status 200
wait "${turns[@]}"
[ "$(grep -lE '^HTTP/1.1 (415|503)' "$tmp"/turn? | wc -l)" = 8 ] || fail 'a look at it has another end'
grep -A20 '^HTTP/1.1 503' "$tmp"/turn? | grep -qi 'Retry-After: [0-9]' || fail 'all had a turn, or are not told when to come back'

# Where it cannot shut itself in it draws nothing, and where it cannot choose what to open nothing
# can be opened: the page is there, without the text in a font that it has not brought.
draw() {
	ASAN_OPTIONS=detect_leaks=0 strace -f -o "$tmp/strace" -e trace="$1" -e inject="$1:error=ENOSYS" \
		"$build/cgi-bin/workers/thumbnailer" 1280 1 <"$tmp/small.pdf" 2>"$tmp/null"
}
draw seccomp >"$tmp/open"
[ $? = 3 ] && [ ! -s "$tmp/open" ] || fail 'it draws unconfined'
draw landlock_create_ruleset >"$tmp/blank" || fail 'no page without fonts'
"$build/cgi-bin/workers/thumbnailer" 1280 1 <"$tmp/small.pdf" >"$tmp/whole" || fail 'no page'
[ "$(stat -c %s "$tmp/blank")" -lt "$(stat -c %s "$tmp/whole")" ] || fail 'a font was opened'

# What a photo says of its place and its author is not in its picture.
put photo.jpg "$tmp/author.jpg"
look ''
is_webp
grep -aq 'An Author' "$tmp/author.jpg" || fail 'it does not say so itself'
! grep -aq 'An Author' "$tmp/body" || fail 'the picture says whose it is'

# A picture that is large but can be drawn takes no more memory than it is allowed.
python3 - "$build/cgi-bin/workers/thumbnailer" "$tmp" <<'END' || fail 'too much memory'
import resource, subprocess, sys
sys.path.insert(0, "tests/endpoint"), sys.argv.insert(1, sys.argv.pop(2))
import pictures
data = pictures.png(8000, 6000, pictures.squeezed(b"\0", 145))
made = subprocess.run([sys.argv[2], "1280", "1"], input=data, stdout=subprocess.PIPE)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
print("48 megapixels:", made.returncode, len(made.stdout), "bytes,", peak, "MiB")
assert peak < 256 or "asan" in sys.argv[2]
END

# A preview goes with its blob, and one without a blob with the next sweeper; none is in a quota.
sed -i 's/^# grace_hours = .*/grace_hours = 0/' "$var/coffer.conf"
"$coffer" fsck --read >"$tmp/fsck" || fail "$(cat "$tmp/fsck")"
[ "$(cached)" -gt 10 ] || fail 'nothing was kept'
mkdir -p "$store/00/$(printf '0%.0s' $(seq 64))" && echo x >"$store/00/$(printf '0%.0s' $(seq 64))/large-1"
touch -d '40 days ago' "$(find "$store" -name large-3)"
put other "$tmp/small.tif"
gone=$store/$(blob "$tmp/small.heic" | cut -c1-2)/$(blob "$tmp/small.heic")
[ -d "$gone" ] || fail 'there was none'
api GET '/file/query?id=/heic.txt'
api POST /file/delete -d id="$(json 'd["id"]')" -d forever=1
expect_status 200
"$sweeper" 2>>"$var/log/sweeper.log" || fail 'the sweeper fails'
[ ! -e "$gone" ] || fail 'a preview outlived its blob'
[ ! -e "$store/00/$(printf '0%.0s' $(seq 64))" ] || fail 'a preview of nothing is kept'
[ -z "$(find "$store" -name large-3)" ] || fail 'an old preview is kept'
"$coffer" fsck --read >"$tmp/fsck" || fail "$(cat "$tmp/fsck")"

# Held between the drawing and its name, while a sweeper takes the file away: nothing is left.
put soon-gone "$tmp/small.webp"
rm -rf "$store"
trace "$program" -e trace=rename -e inject=rename:signal=STOP:when=1
{ look ''; echo "$status" >"$tmp/answer"; } &
looking=$!
await 'stopped by SIGSTOP' "$tmp/trace"
token=$mine
for name in soon-gone webp.txt; do
	curl -sS -o "$tmp/entry" -H "Authorization: Bearer $mine" "$url/file/query?id=/$name"
	curl -sS -o "$tmp/null" -H "Authorization: Bearer $mine" -d forever=1 \
		-d id="$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["id"])' "$tmp/entry")" "$url/file/delete"
done
"$sweeper" 2>>"$var/log/sweeper.log" || fail 'the sweeper fails'
[ ! -e "$var/store/blob/$(blob "$tmp/small.webp" | cut -c1-2)/$(blob "$tmp/small.webp")" ] || fail 'the blob is there'
kill -CONT "$program"
wait $looking
untrace
grep -Eq '404|503' "$tmp/answer" || fail "a file that is gone: $(cat "$tmp/answer")"
[ -z "$(find "$store" -type f)" ] || fail 'a preview outlived its blob'
api GET '/file/preview?id=/jpg.txt'
expect_status 200
