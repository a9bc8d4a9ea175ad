"""What clients have been promised when the power goes, and whether it is kept.

  power.py load URL TOKEN FILE ROUND   five clients at once, each in its own way; every promise is a
                                       line of FILE, until there are no more answers
  power.py check URL TOKEN FILE        all that was promised is there, bit-exact, uploads go on where
                                       they were said to be, and whatever has a name is whole

The bytes of a file are made up from the name that it was sent under."""

import hashlib
import http.client
import io
import json
import random
import sys
import tarfile
import threading
import urllib.parse

from instant import Client

PIECE = 300_000
TUS = {"Tus-Resumable": "1.0.0"}


def content(name):
    """Of names that differ only behind an equals sign it is the same."""
    made = random.Random(name.split("=")[0])
    return made.randbytes(made.choice((10, 4000, 60_000, 7 * PIECE // 2)))


class Refused(Exception):
    pass


def expect(answer, *statuses):
    status, body = answer
    if status not in statuses:
        raise Refused(f"{status} {body.decode()}")
    return json.loads(body) if body else {}


class Load:
    def __init__(self, url, token, file, number):
        self.url, self.token, self.number = url, token, number
        self.file = open(file, "a")
        self.lock = threading.Lock()

    def promise(self, **what):
        with self.lock:
            self.file.write(json.dumps(what) + "\n")
            self.file.flush()

    def single(self, client, name):
        expect(client.ask("PUT", f"/file/upload?name={name}", content(name)), 201)
        self.promise(file=name)

    def form(self, client, name):
        names = [f"{name}.{i}" for i in range(3)]
        parts = [b'--edge\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\n\r\n%s\r\n'
                 % (one.encode(), content(one)) for one in names]
        expect(client.ask("POST", "/file/upload", b"".join(parts) + b"--edge--\r\n",
                          {"Content-Type": "multipart/form-data; boundary=edge"}), 201)
        for one in names:
            self.promise(file=one)

    def archive(self, client, name):
        names = [f"{name}.{i}" for i in range(20)]
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w") as tar:
            for one in names:
                member = tarfile.TarInfo(one)
                member.size = len(content(one))
                tar.addfile(member, io.BytesIO(content(one)))
        made = expect(client.ask("POST", "/file/upload", archive.getvalue(), {"Content-Type": "application/x-tar"}), 201)
        for one in made["files"]:
            self.promise(file=one["path"])

    def pieces(self, client, name):
        all = content(name)
        client.line.request("POST", f"/file/resume?name={name}", None,
                            client.headers | TUS | {"Upload-Length": str(len(all)), "Content-Length": "0"})
        answer = client.line.getresponse()
        expect((answer.status, answer.read()), 201)
        address = answer.headers["Location"]
        self.promise(upload=address, offset=0, name=name)
        for offset in range(0, len(all), PIECE):
            expect(send(client, address, offset, all[offset:offset + PIECE]), 204)
            self.promise(upload=address, offset=min(offset + PIECE, len(all)), name=name)
        self.promise(file=name)

    def again(self, client, name):
        """The same bytes once more, without sending them; one of the two goes for good."""
        made = expect(client.ask("PUT", f"/file/upload?name={name}", content(name)), 201)
        self.promise(file=name)
        expect(client.instant(name + "=", content(name)), 201)
        self.promise(file=name + "=")
        self.promise(leaves=name)
        expect(client.form("/file/delete", id=made["id"], forever=1), 200)
        self.promise(gone=name)

    def work(self, way):
        client = Client(self.url, self.token)
        try:
            for count in range(10**9):
                way(client, f"{way.__name__}-{self.number}-{count}")
        except (OSError, http.client.HTTPException, Refused) as end:
            self.promise(end=f"{way.__name__}: {end!r}")

    def run(self):
        ways = self.single, self.form, self.archive, self.pieces, self.again
        threads = [threading.Thread(target=self.work, args=(way,)) for way in ways]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def send(client, address, offset, piece):
    return client.ask("PATCH", address, piece, TUS | {
        "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"})


def check(url, token, file):
    client, wrong = Client(url, token), []
    promises = [json.loads(line) for line in open(file)]
    gone = {p["gone"] for p in promises if "gone" in p}
    leaving = {p["leaves"] for p in promises if "leaves" in p}
    files = {p["file"] for p in promises if "file" in p}
    uploads = {p["upload"]: p for p in promises if "upload" in p}  # the last word on each

    for address, said in uploads.items():
        client.line.request("HEAD", address, headers=client.headers | TUS)
        answer = client.line.getresponse()
        answer.read()
        offset = int(answer.headers.get("Upload-Offset", -1))
        if answer.status != 200 or offset < said["offset"]:
            wrong.append(f"{said['name']} was at {said['offset']}, and is: {answer.status}, at {offset}")
            continue
        rest = content(said["name"])[offset:]
        if rest:
            expect(send(client, address, offset, rest), 204)
        files.add(said["name"])

    # Of what was begun a moment before, nobody has the address.
    known = {hashlib.sha256(address.rsplit("/", 1)[1].encode()).hexdigest() for address in uploads}
    for upload in expect(client.ask("GET", "/user/storage"), 200)["uploads"]:
        if upload["upload"] in known:
            wrong.append(f"{upload['name']} is all sent and no file")
        expect(client.form("/file/resume", action="end", upload=upload["upload"]), 200)

    there, after = set(), ""
    while after is not None:
        listing = expect(client.ask("GET", "/file/query?folder=/&limit=10000&after=" + urllib.parse.quote(after)), 200)
        there |= {entry["name"] for entry in listing["entries"]}
        after = listing.get("next")
    wrong += [f"{name} was acknowledged and is not there" for name in files - there - leaving]
    wrong += [f"{name} was deleted and is there" for name in gone & there]
    for name in there:
        status, body = client.ask("GET", f"/file/download?path=/{name}")
        if status != 200 or body != content(name):
            wrong.append(f"{name} is not what was sent: {status}, {len(body)} bytes of {len(content(name))}")
    print(f"{len(files)} files and {len(uploads)} uploads were acknowledged, {len(gone)} deletions;",
          f"{len(there)} files are there, {len(wrong)} complaints")
    print(*wrong[:20], sep="\n", end="\n" if wrong else "")
    sys.exit(bool(wrong) or not (files and uploads and gone))


if __name__ == "__main__":
    what, url, token, file, *number = sys.argv[1:]
    if what == "check":
        check(url, token, file)
    else:
        Load(url, token, file, *number).run()
