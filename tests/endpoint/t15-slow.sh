#!/bin/bash
# slow clients: neither a reader who takes nothing of a long answer nor a writer who does not come
# to the end of a form holds a program; lighttpd has the answer, or not yet the form, in its hands.
. "$(dirname "$0")/lib.sh"
user ann
owner=$(sql "SELECT id FROM user WHERE name = 'ann'")
sql "INSERT INTO entry (owner, parent, name, folder, size, created, modified)
	SELECT $owner, 0, CONCAT(seq, REPEAT('n', 200)), 1, 0, 1, 1 FROM seq_1_to_10000" || fail 'no entries'
api GET '/file/query?limit=10000'
expect_status 200
[ "$(stat -c %s "$tmp/body")" -gt 3000000 ] || fail 'the listing is too short to fill the sockets between us'

# Programs of four threads each, and twice as many clients of either kind.
sed -i 's/^# threads = .*/threads = 4/' "$var/coffer.conf"
reload query update

python3 - "${url##*:}" "$token" "$var/log/keeper.log" <<'END_OF_PYTHON' || fail 'see above'
import socket, sys, time

port, token, log = int(sys.argv[1]), sys.argv[2], sys.argv[3]
auth = f"Host: x\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n"

def connect(text, room=None):
    client = socket.socket()
    if room:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
    client.settimeout(10)
    client.connect(("127.0.0.1", port))
    client.sendall(text.encode())
    return client

def answered():
    return sum(line.startswith("query ") and " status=200 " in line for line in open(log))

def answer(client):
    return b"".join(iter(lambda: client.recv(65536), b""))

form = "action=folder&name=slow"
head = f"POST /file/update HTTP/1.1\r\n{auth}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {{}}\r\n\r\n"
writers = [connect(head.format(len(form) + 1) + form) for _ in range(8)]
before = answered()
readers = [connect(f"GET /file/query?limit=10000 HTTP/1.1\r\n{auth}\r\n", 4096) for _ in range(8)]

until = time.monotonic() + 30
while answered() < before + 8:
    if time.monotonic() > until:
        sys.exit(f"query is done with {answered() - before} of 8 readers who take nothing")
    time.sleep(0.02)
if b" 200 " not in answer(connect(f"GET /file/query?limit=1 HTTP/1.1\r\n{auth}\r\n"))[:20]:
    sys.exit("query does not answer beside readers who take nothing")
quick = form.replace("slow", "quick")
if b" 201 " not in answer(connect(head.format(len(quick)) + quick))[:20]:
    sys.exit("update does not answer beside forms that do not end")

# Those who are slow get what they came for all the same.
for reader in readers:
    if b"]}\n" not in answer(reader)[-16:]:
        sys.exit("a slow reader did not get all")
for number, writer in enumerate(writers):
    writer.sendall(str(number).encode())
    if b" 201 " not in answer(writer)[:20]:
        sys.exit("a slow form was not taken")
END_OF_PYTHON
