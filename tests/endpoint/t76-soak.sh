#!/bin/bash
# Bytes that go and come at the same moment: writers upload, replace and delete for good a handful
# of contents under many names, while sweepers without a grace time remove whatever nobody refers
# to. What was acknowledged is bit exact whenever it is asked for, until its own writer deletes it.
#
# SOAK=300 tests/endpoint/t76-soak.sh goes on for five minutes.
. "$(dirname "$0")/lib.sh"
user ann
sed -i 's/^# grace_hours = .*/grace_hours = 0/' "$var/coffer.conf"

python3 - "$url" "$token" "$sweeper" "$var/log/sweeper.log" "${SOAK:-15}" <<'END_OF_PYTHON' || fail 'see above'
import collections
import http.client
import json
import random
import subprocess
import sys
import threading
import time

url, token, sweeper, log, seconds = sys.argv[1:]
# So few writers to so many contents that each content is often nobody's, and often somebody's.
WRITERS, SWEEPERS = 6, 2
CONTENTS = [b"%d" % n * 2000 for n in range(5)] + [b"large" * 300000]
counts = collections.Counter()
wrong = []
end = time.monotonic() + float(seconds)


def goes_on():
    return not wrong and time.monotonic() < end


class Writer(threading.Thread):
    def __init__(self, number):
        super().__init__()
        self.number = number
        self.random = random.Random(number)
        self.line = http.client.HTTPConnection(url.split("/")[2], timeout=60)
        self.files = {}  # name: (id, its bytes)

    def ask(self, method, path, body=None, **headers):
        self.line.request(method, path, body, {"Authorization": "Bearer " + token, **headers})
        answer = self.line.getresponse()
        return answer.status, answer.read()

    def check(self, name):
        status, body = self.ask("GET", f"/file/download?path=/{name}")
        counts["downloads"] += 1
        if status != 200 or body != self.files[name][1]:
            wrong.append(f"{name} was acknowledged, and a download says {status}")

    # 503 is an honest answer; then nothing of the request may be taken for granted.
    def upload(self, name):
        content = self.random.choice(CONTENTS)
        status, body = self.ask("PUT", f"/file/upload?name={name}", content)
        counts[f"uploads {status}"] += 1
        if status in (200, 201):
            self.files[name] = json.loads(body)["id"], content
        elif status == 503:
            self.files.pop(name, None)
        else:
            wrong.append(f"uploading {name}: {status} {body}")

    def delete(self, name):
        id, _ = self.files.pop(name)
        status, body = self.ask("POST", "/file/delete", f"id={id}&forever=1",
                                **{"Content-Type": "application/x-www-form-urlencoded"})
        counts[f"deletions {status}"] += 1
        if status not in (200, 503):
            wrong.append(f"deleting {name}: {status} {body}")

    def run(self):
        name = f"w{self.number}"
        while goes_on():
            if name not in self.files or self.random.random() < 0.1:
                self.upload(name)
            if name in self.files:
                self.check(name)
            if name in self.files and self.random.random() < 0.7:
                self.delete(name)
        if name in self.files:
            self.check(name)


def sweep():
    while goes_on():
        with open(log, "a") as out:
            code = subprocess.run([sweeper], stderr=out).returncode
        counts["sweeps"] += 1
        if code != 0:
            wrong.append(f"a sweeper exits with {code}")


threads = [Writer(n) for n in range(WRITERS)] + [threading.Thread(target=sweep) for _ in range(SWEEPERS)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
counts["removals"] = open(log).read().count("event=removed")
counts["busy"] = open(log).read().count("event=busy")
print(", ".join(f"{count} {what}" for what, count in sorted(counts.items())))
if wrong:
    sys.exit("\n".join(wrong[:5]))
if counts["removals"] < 20:
    sys.exit("the sweepers found too little to do for this to prove anything")
END_OF_PYTHON

"$sweeper" 2>>"$var/log/sweeper.log" || fail 'the sweeper fails'
"$coffer" fsck --read | tee "$tmp/fsck"
grep -q ' 0 files nobody refers to, 0 wrong' "$tmp/fsck" || fail fsck
[ "$(sql 'SELECT SUM(reserved) FROM user')" = 0 ] || fail 'a reservation is left'
