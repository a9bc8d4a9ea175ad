#!/bin/bash
# sockets: only lighttpd reaches the programs, because libfcgi as Debian has it is ended by lengths
# that do not fit into an int (CVE-2025-23016). Should somebody get through after all, that one
# program dies, the keeper starts it again, and whoever waits is answered.
#
# What libfcgi cannot allocate is none of the sanitizer's business: it aborts by itself.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}allocator_may_return_null=1
. "$(dirname "$0")/lib.sh"
user ann

[ "$(stat -c %a "$var/run")" = 700 ] || fail 'others may look into the folder of the sockets'
[ "$(stat -c %F:%a "$var"/run/*.sock | sort -u)" = socket:600 ] || fail 'others may write to a socket'
[ "$(find "$var/run" -name '*.sock' | wc -l)" = "$(find cgi-bin -maxdepth 1 -name '*.cc' | wc -l)" ] || fail 'not a socket for each program'

# Of all that make run starts, lighttpd alone listens on the network.
python3 - "$house" "${url##*:}" <<'END_OF_PYTHON' || fail 'something listens on the network'
import os, pathlib, sys

house, port = map(int, sys.argv[1:])
parents = {}
for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
    try:
        parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    except OSError:
        pass
family = {house}
while more := {pid for pid, parent in parents.items() if parent in family} - family:
    family |= more
sockets = set()
for pid in family:
    for fd in os.scandir(f"/proc/{pid}/fd"):
        sockets.add(os.readlink(fd.path))
listening = []
for table in "tcp", "tcp6":
    for line in open(f"/proc/net/{table}").readlines()[1:]:
        words = line.split()
        if words[3] == "0A" and f"socket:[{words[9]}]" in sockets:
            listening.append(words[1])
print(len(family), "processes, listening:", listening)
sys.exit(listening != [f"0100007F:{port:04X}"] or len(family) < 9)
END_OF_PYTHON

# An upload that is on its way, in another program, while all this happens.
head -c 300000 /dev/urandom >"$tmp/file"
mkfifo "$tmp/pipe"
curl -sS -m 60 -o "$tmp/put" -w '%{http_code}' -H "Authorization: Bearer $token" -H 'Content-Length: 300000' \
	-H 'Transfer-Encoding:' -T - "$url/file/upload?name=kept" <"$tmp/pipe" >"$tmp/code" &
upload=$!
exec 4>"$tmp/pipe"
head -c 100000 "$tmp/file" >&4

# A request whose parameter's name and value claim to have these lengths.
for lengths in 'ff ff ff fe ff ff ff fe' 'ff ff ff fe 10' 'c0 00 00 00 bf ff ff ff'; do
	deaths=$(grep -c 'event=exit' "$var/log/keeper.log")
	python3 - "$var/run/query.sock" "$lengths" <<'END_OF_PYTHON'
import socket, sys

content = bytes.fromhex(sys.argv[2])
def record(kind, content):
    return bytes((1, kind, 0, 1)) + len(content).to_bytes(2, "big") + b"\0\0" + content
with socket.socket(socket.AF_UNIX) as program:
    program.connect(sys.argv[1])
    program.sendall(record(1, b"\0\1" + bytes(6)) + record(4, content) + record(4, b"") + record(5, b""))
    try:
        program.recv(1)  # until it dies
    except ConnectionResetError:
        pass
END_OF_PYTHON
	api GET /file/query
	expect_status 200
	[ "$(grep -c 'event=exit' "$var/log/keeper.log")" = $((deaths + 1)) ] || fail "lengths $lengths: not one death"
	grep 'event=exit' "$var/log/keeper.log" | tail -n 1 | grep -q 'program=query .* signal=6 restart_ms=' ||
		fail "lengths $lengths: it is not query that has died, or it is not started again"
done

tail -c 200000 "$tmp/file" >&4
exec 4>&-
wait $upload
[ "$(cat "$tmp/code")" = 201 ] || fail "the upload was harmed: $(cat "$tmp/code") $(cat "$tmp/put")"
api GET '/file/download?path=/kept'
cmp "$tmp/body" "$tmp/file" || fail 'the upload has other bytes'
"$coffer" fsck --read || fail fsck
