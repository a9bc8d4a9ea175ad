"""A Coffer with two databases, as its users see it.

  pair.py own URL TOKEN COUNT        COUNT changes, each looked for at once; fails unless all are seen
  pair.py reads URL TOKEN SECONDS    reads without a break, of which none may fail
  pair.py load URL TOKEN FILE        eight clients, until SIGTERM; what they know goes to FILE
  pair.py check URL TOKEN FILE       holds all that was acknowledged in FILE against what is there
"""
import hashlib
import http.client
import json
import random
import signal
import sys
import threading
import time
import urllib.parse

TIMEOUT = 20


class Client:
    """One connection, made anew when it broke."""

    def __init__(self, url, token):
        self.host = urllib.parse.urlsplit(url).netloc
        self.headers = {"Authorization": "Bearer " + token}
        self.line = None

    def ask(self, method, path, body=None, headers={}):
        """The status and the body; 0 if there was no answer, which for a change leaves it open."""
        try:
            self.line = self.line or http.client.HTTPConnection(self.host, timeout=TIMEOUT)
            self.line.request(method, path, body, self.headers | headers)
            answer = self.line.getresponse()
            self.answered = answer.headers
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            self.line = None
            return 0, b""

    def put(self, name, body):
        return self.ask("PUT", "/file/upload?name=" + name, body)[0]

    def names(self):
        """The entries of the root folder by their names."""
        names, after = {}, ""
        while after is not None:
            status, body = self.ask("GET", "/file/query?folder=/&limit=10000&after=" + urllib.parse.quote(after))
            if status != 200:
                sys.exit(f"the listing: {status} {body}")
            listing = json.loads(body)
            names |= {entry["name"]: entry for entry in listing["entries"]}
            after = listing.get("next")
        return names

    def form(self, path, **fields):
        return self.ask("POST", path, urllib.parse.urlencode(fields),
                        {"Content-Type": "application/x-www-form-urlencoded"})[0]


def own(url, token, count):
    client = Client(url, token)
    there = client.names()
    run = random.randrange(10**9)
    unseen = 0
    for number in range(int(count)):
        kind = random.choice(["put", "put", "rename", "trash", "folder"]) if there else "put"
        name = f"n{run}-{number}"
        old = random.choice(list(there)) if there else None
        if kind == "put":
            status = client.put(name, name)
        elif kind == "folder":
            status = client.form("/file/update", action="folder", name=name)
        elif kind == "rename":
            status = client.form("/file/update", action="rename", id=there[old]["id"], name=name)
        else:
            status = client.form("/file/delete", id=there[old]["id"])
        if status not in (200, 201):
            sys.exit(f"{kind}: {status}")
        seen = client.names()
        wanted = set(there) - ({old} if kind in ("rename", "trash") else set())
        wanted |= {name} if kind != "trash" else set()
        unseen += set(seen) != wanted
        there = seen
    print(f"{int(count) - unseen} of {count} own changes seen at once")
    sys.exit(unseen > 0)


def reads(url, token, seconds):
    client = Client(url, token)
    files = [entry for entry in client.names().values() if entry["kind"] == "file"]
    count = failed = marked = 0
    slowest = 0
    end = time.monotonic() + float(seconds)
    while time.monotonic() < end:
        entry = random.choice(files)
        path = random.choice([f"/file/download?id={entry['id']}", f"/file/query?id={entry['id']}",
                              "/file/query?folder=/", "/file/query?q=a", "/user/account", "/user/storage"])
        began = time.monotonic()
        status, body = client.ask("GET", path)
        slowest = max(slowest, time.monotonic() - began)
        count += 1
        if status != 200:
            failed += 1
            print(path, status, body.decode())
        marked += status == 200 and client.answered.get("Coffer-Read-Only") == "1"
    print(f"{count} reads, {failed} failed, {marked} marked, the slowest {slowest * 1000:.0f} ms")
    sys.exit(failed > 0)


def body_of(name):
    return (name * 40).encode()


def load(url, token, file):
    running = True
    known = []

    def stop(*_):
        nonlocal running
        running = False

    signal.signal(signal.SIGTERM, stop)

    def work(number):
        client = Client(url, token)
        made = []
        turn = 0
        while running:
            turn += 1
            name = f"w{number}-{turn}"
            status = client.put(name, body_of(name))
            known.append((name, status in (200, 201)))
            if status in (200, 201):
                made.append(name)
            else:
                time.sleep(0.1)
            if made and turn % 3 == 0:
                # A read may fail when both servers are gone, but must never say something else.
                name = random.choice(made)
                status, body = client.ask("GET", f"/file/download?path=/{name}")
                if status in (404, 410) or (status == 200 and body != body_of(name)):
                    known.append((f"{name} was answered with {status}: {body}", None))

    workers = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    json.dump(known, open(file, "w"))


def check(url, token, file):
    client = Client(url, token)
    known = json.load(open(file))
    wrong = [name for name, acknowledged in known if acknowledged is None]
    there = client.names()
    acknowledged = [name for name, acknowledged in known if acknowledged]
    for name in acknowledged:
        entry = there.get(name)
        if not entry or entry["sha256"] != hashlib.sha256(body_of(name)).hexdigest():
            wrong.append(f"{name} is not there")
            continue
        status, body = client.ask("GET", f"/file/download?id={entry['id']}")
        if status != 200 or body != body_of(name):
            wrong.append(f"{name}: {status}")
    doubtful = sum(name in there for name, acknowledged in known if acknowledged is False)
    print(f"{len(acknowledged)} acknowledged, {len(wrong)} of them lost or wrong, {doubtful} more are there")
    sys.exit("\n".join(wrong) or 0)


verb, *arguments = sys.argv[1:]
{"own": own, "reads": reads, "load": load, "check": check}[verb](*arguments)
