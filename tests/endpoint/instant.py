"""What a client of /file/instant does, and how long it has to wait for what.

  instant.py claims URL TOKEN FILE COUNT   that the answer to a claim of FILE, which somebody has,
  instant.py proofs URL TOKEN FILE COUNT   and to a right proof of it, which is refused, and to a
  instant.py guesses URL TOKEN FILE COUNT  wrong one, takes as long as for bytes that nobody has;
                                           COUNT of each, in turn

Welch's t of the two is printed. From 4.5 on it is measured again, three times in all: other programs
of this machine may have been in the way of one measurement, but what is there to be seen is there in
all of them."""

import hashlib
import hmac
import http.client
import json
import os
import statistics
import sys
import threading
import time
import urllib.parse

MOST = 4.5
TOGETHER = 25
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def proof_of(asked, content):
    """The proof for a challenge, by somebody who has the bytes."""
    parts = (content[r["offset"]:r["offset"] + r["length"]] for r in asked["ranges"])
    return hmac.new(bytes.fromhex(asked["key"]), b"".join(parts), "sha256").hexdigest()


class Client:
    """A connection of somebody's, which stays."""

    def __init__(self, url, token):
        self.line = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=60)
        self.headers = {"Authorization": "Bearer " + token}

    def ask(self, method, path, body=None, headers={}):
        self.line.request(method, path, body, self.headers | headers)
        answer = self.line.getresponse()
        return answer.status, answer.read()

    def form(self, path, **fields):
        return self.ask("POST", path, urllib.parse.urlencode(fields), FORM)

    def claim(self, name, content, **fields):
        digest = hashlib.sha256(content).hexdigest()
        return self.form("/file/instant", name=name, size=len(content), sha256=digest, **fields)

    def prove(self, asked, content):
        return self.form("/file/instant", challenge=asked["challenge"], proof=proof_of(asked, content))

    def instant(self, name, content, **fields):
        status, body = self.claim(name, content, **fields)
        return self.prove(json.loads(body), content) if status == 200 else (status, body)


def timed(client, content, what):
    """Seconds that a claim takes, or the proof that follows it."""
    proofs = what != "claims"
    began = time.perf_counter()
    status, body = client.claim("claimed", content)
    took = time.perf_counter() - began
    if status == 200 and proofs:
        asked = json.loads(body)
        proof = proof_of(asked, content if what == "proofs" else bytes(len(content)))
        began = time.perf_counter()
        status, body = client.form("/file/instant", challenge=asked["challenge"], proof=proof)
        took = time.perf_counter() - began
    if status != (404 if proofs else 200):
        sys.exit(f"instant.py: {status} {body}")
    if proofs and took < 0.2:
        sys.exit(f"instant.py: a refusal after {took} s")
    return took


def measure(url, token, known, count, what):
    """Seconds for what somebody has, and for what nobody has."""
    times = [], []

    def some(first, number):
        client = Client(url, token)
        timed(client, known, what)
        for i in range(first, first + number):
            # Whichever is first may find something warm or cold, and those that ask together are in the
            # way of each other: so half of them ask for the one, and half for the other.
            for one in (0, 1) if i % 2 else (1, 0):
                fresh = os.urandom(len(known))  # also where it is not used: the work here is the same
                times[one].append(timed(client, fresh if one else known, what))

    together = 1 if what == "claims" else TOGETHER
    threads = [threading.Thread(target=some, args=(first, count // together)) for first in range(together)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(times[0]) + len(times[1]) != 2 * (count // together) * together:
        sys.exit(1)
    return times


def welch(one, other):
    spread = statistics.variance(one) / len(one) + statistics.variance(other) / len(other)
    return (statistics.mean(one) - statistics.mean(other)) / spread ** 0.5


if __name__ == "__main__":
    what, url, token, file, count = sys.argv[1:]
    for tries in range(3):
        known, unknown = measure(url, token, open(file, "rb").read(), int(count), what)
        t = welch(known, unknown)
        print(f"{what}: {len(known)} + {len(unknown)}, {statistics.mean(known) * 1000:.3f} ms for known bytes,"
              f" {statistics.mean(unknown) * 1000:.3f} ms for unknown ones, t = {t:.2f}")
        if abs(t) < MOST:
            sys.exit(0)
    sys.exit(1)
