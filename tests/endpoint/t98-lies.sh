#!/bin/bash
# A store that lies, fails or refuses in every way: a copy is right or there is none, the local bytes
# stay until it is right, uploads notice nothing, and once the store behaves all is copied and nothing
# else is left there.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/stores.sh"
user ann
store near
tier near 'transfers = 64'
reload upload download

# false_about NAME METHOD KEY LIE: about the blob of that file, whose key KEY is more of.
declare -A told
n=0
untrue() {
	n=$((n + 1))
	told[$n]="$1 $2 $4"
	new "$n" "$3"
	lie near "$1" "$(sha $n).*$2" "$4"
}
# Each is false once, or for as long as the store lies.
for count in 1 0; do
	for lie in '"status": 500' '"status": 503, "code": "SlowDown", "retry_after": 1' '"status": 429' '"status": 400, "code": "RequestTimeout"' \
		'"cut_request": 100' '"cut_response": 0' '"error": "InternalError"' '"etag": "0123456789abcdef0123456789abcdef"' '"short": 3' \
		'"lost": true' '"late": 1' '"late": 1, "late_hangup": true'; do
		untrue PUT '' 3000 "$lie, \"count\": $count"
	done
	for lie in '"status": 503' '"etag": "0123456789abcdef0123456789abcdef"' '"status": 404' '"cut_response": 0'; do
		untrue HEAD '' 3000 "$lie, \"count\": $count"
	done
done
# Of a file in parts: its beginning, a part, its end.
for lie in '"status": 503' '"error": "InternalError"'; do untrue POST uploads 17000000 "$lie"; done
for lie in '"flip": 3' '"short": 1' '"lost": true, "count": 0' '"late": 1, "count": 0'; do untrue PUT partNumber=2 17000000 "$lie"; done
for lie in '"error": "InternalError"' '"error": "InternalError", "count": 0' '"lost": true' '"late": 1' '"late": 1, "late_hangup": true' '"short": 9'; do
	untrue POST uploadId 17000000 "$lie"
done

what='a store that lies'
! move || fail "$what: the mover finds nothing wrong"
honest near
for ((i = 1; i <= n; i++)); do
	what="a store that lies (${told[$i]})"
	here $i || there $i near || fail "$what: it is nowhere"
	here $i || fail "$what: it has left"
	# An answer that is cut off behind its head is one, and where a HEAD says another ETag the copy is read.
	[[ ${told[$i]} != *'"count": 0' || ${told[$i]} = *cut_response* || ${told[$i]} = HEAD*etag* ]] || ! there $i near || fail "$what: there is a copy"
done
what='a store that lies'
all_whole
sane --read
failed=$("$coffer" mover status) && fail "$what: coffer mover status finds nothing wrong"
grep -q 'failing .*one of them: ' <<<"$failed" || fail "$what: nobody says why: $failed"

# Its last word has come in when it tells the truth; then each attempt has a key of its own.
what='a store that lied'
truth near
"$coffer" mover retry >"$tmp/retry"
moves
sweeps
sleep 1
sweeps
nothing_left near
all_whole

# Where it says a CRC of what it has, bytes that it has damaged by itself are seen without being read.
what='a store that says CRCs'
control near _control '{"crc": true}'
for lie in 'PUT "flip": 3' 'PUT "flip": 2999' 'HEAD "crc64": "1"'; do
	new crc 3000
	lie near "${lie%% *}" "$(sha crc)" "${lie#* }, \"count\": 0"
	! move || fail "$what: the mover finds nothing wrong ($lie)"
	! there crc near || fail "$what: there is a copy ($lie)"
	here crc || fail "$what: it has left ($lie)"
	remove crc
done
new crc 3000
moves
there crc near || fail "$what: no copy of right bytes"
[ "$(asked near GET "$(sha crc)")" = 0 ] || fail "$what: it is read"
truth near
sweeps
sweeps
nothing_left near

# Each attempt has a key of its own.
what='several attempts'
new again 3000
for ((i = 0; i < 3; i++)); do
	lie near HEAD "$(sha again)" '"status": 404, "count": 0'
	! move || fail "$what: the mover finds nothing wrong"
	truth near
	"$coffer" mover retry >"$tmp/retry"
done
moves
keys=$(say near _log "len({k for m, k, *_ in d if m == 'PUT' and '$(sha again)' in k})")
[ "$keys" = 4 ] || fail "$what: $keys keys"

# What is removed may stay there, too, if one believes all that is said.
what='a store that does not remove'
for lie in '"lost": true' '"status": 503, "count": 4' '"late": 1, "count": 4' '"error": "InternalError", "count": 4' '"cut_response": 0'; do
	new removed 3000
	moves
	lie near DELETE "$(sha removed)" "$lie"
	remove removed
	sweep
done
truth near
sweeps
sleep 1
sweeps
sweeps
nothing_left near
sane

# Keys that are good no longer: few requests, no tight loop; others in the file, and all goes well.
what='keys that have expired'
for i in 1 2 3 4 5; do new key$i 1000; done
keys near coffer-test another-secret
before=$(requests near)
! move || fail "$what: the mover finds nothing wrong"
! "$coffer" mover status >"$tmp/status" || fail "$what: coffer mover status finds nothing wrong"
grep -q 403 "$tmp/status" || fail "$what: $(cat "$tmp/status")"
move
[ $(($(requests near) - before)) -le 15 ] || fail "$what: $(($(requests near) - before)) requests for five files"
keys near coffer-test not-a-secret
"$coffer" mover retry >"$tmp/retry"
moves
sweeps
sweeps
nothing_left near

# A clock that is off: the store says what time it is.
what='a clock that is off'
new clock 1000
lie near '' "$(sha clock)" '"skew": 1200'
move
"$coffer" mover retry >"$tmp/retry"
moves
sweeps
sweeps
nothing_left near

# A store that is full says so.
what='a store that is full'
control near _control '{"quota": 1}'
new full 1000
! move || fail "$what: the mover finds nothing wrong"
"$coffer" mover status | grep -q QuotaExceeded || fail "$what: nobody says so"
truth near
"$coffer" mover retry >"$tmp/retry"
moves

# Nobody is there: after three tries it is left alone but for what is begun by then, and who uploads or reads notices nothing.
what='a store that is down'
sed -i 's/transfers = .*/transfers = 1/' "$var/tier.toml" && configure
kill "${server[near]}" && wait "${server[near]}" 2>"$tmp/null"
for ((i = 1; i <= 9; i++)); do new down$i 1000; done
: >"$tmp/silent"
! "$mover" 2>"$tmp/silent" || fail "$what: the mover finds nothing wrong"
failures=$(grep -c event=failed "$tmp/silent")
[ "$failures" -ge 3 ] && [ "$failures" -le 5 ] || fail "$what: $(cat "$tmp/silent")"
! "$coffer" mover status >"$tmp/status" || fail "$what: coffer mover status finds nothing wrong"
grep -q 'no whole answer' "$tmp/status" || fail "$what: $(cat "$tmp/status")"
cat "$tmp/silent" >>"$var/log/mover.log"
all_whole
sane

# Whoever reads the logs learns no secret.
! grep -rlE 'not-a-secret|another-secret|X-Amz-Signature|AWS4-HMAC' "$var/log" || fail 'secrets are in the logs'
