"""stores.py: what tests do to many files and copies at a time; by curl and rados it would take minutes.

    stores.py put URL TOKEN COUNT SEED      uploads f0, f1 ... of up to 24 KiB, each with bytes of its own
    stores.py get URL TOKEN COUNT SEED      downloads them; prints the numbers of those that are not as they were
    stores.py plan FOLDER PREFIX N LOST SEED    makes up N damages of copies, of which it reads a line each,
                                            "SHA256 STORE SERIAL": LOST blobs lose every copy, the others keep one.
                                            Prints "SHA256 STORE lost|kept VERB PLACE NAME NUMBER"
    stores.py place                         does what it reads, "VERB PLACE NAME...", a line each

Places are "s3", the bucket; "below", its objects in the gateway's own pool; "rados", the pool of Coffer; and "file".

    flip PLACE NAME NUMBER      another bit;  cut  half of it is left;  grow  a byte more;  empty;  zero
    remove PLACE NAME;          add PLACE NAME  bytes that nobody knows
    begin s3 NAME               a multipart upload, with a part;  begin rados INDEX KEY VALUE  an entry there
    list PLACE                  prints the names

NAME in "below" and "rados" is a key's text, "SHA256.SERIAL", but for add. S3_*, RADOS_POOL and CEPH_CONF say where."""

import ctypes
import datetime
import hashlib
import hmac
import http.client
import os
import queue
import random
import sys
import threading
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree

WORKERS = 8


def content(seed, number):
    dice = random.Random(f"{seed} {number}")
    return dice.randbytes(dice.randrange(64, 24 * 1024))


def crowd(items, make_work):
    """Does work(item) for all of them, several at a time; the first exception ends it."""
    waiting, failures = queue.SimpleQueue(), []
    for item in items:
        waiting.put(item)

    def run():
        try:
            work = make_work()
            while not failures:
                work(waiting.get_nowait())
        except queue.Empty:
            pass
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


class House:
    def __init__(self, url, token):
        self.web = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
        self.headers = {"Authorization": "Bearer " + token}

    def ask(self, method, path, body=None):
        self.web.request(method, path, body, self.headers)
        answer = self.web.getresponse()
        try:
            return answer.status, answer.read()
        except http.client.IncompleteRead as error:
            self.web.close()
            return answer.status, error.partial


class Bucket:
    """Path style, signed by AWS4-HMAC-SHA256."""

    def __init__(self):
        self.endpoint = urlsplit(os.environ["S3_ENDPOINT"])
        self.region, self.bucket = os.environ["S3_REGION"], os.environ["S3_BUCKET"]
        with open(os.environ["S3_KEYS"]) as file:
            self.access, self.secret = file.read().split()[:2]
        self.web = http.client.HTTPConnection(self.endpoint.netloc, timeout=60)

    def ask(self, method, name, body=b"", query=()):
        path = quote(f"/{self.bucket}/{name}" if name else f"/{self.bucket}")
        text = "&".join(quote(key, "") + "=" + quote(value, "") for key, value in sorted(query))
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        day, digest = now[:8], hashlib.sha256(body).hexdigest()
        names = "host;x-amz-content-sha256;x-amz-date"
        request = (f"{method}\n{path}\n{text}\nhost:{self.endpoint.netloc}\nx-amz-content-sha256:{digest}\n"
                   f"x-amz-date:{now}\n\n{names}\n{digest}")
        scope = f"{day}/{self.region}/s3/aws4_request"
        to_sign = f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
        key = b"AWS4" + self.secret.encode()
        for part in (day, self.region, "s3", "aws4_request", to_sign):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        self.web.request(method, path + (text and "?" + text), body, {
            "x-amz-content-sha256": digest, "x-amz-date": now,
            "Authorization": f"AWS4-HMAC-SHA256 Credential={self.access}/{scope}, SignedHeaders={names}, "
                             f"Signature={key.hex()}"})
        answer = self.web.getresponse()
        answered = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {name}: {answer.status} {answered[:200]}")
        return answered

    def read(self, name):
        return self.ask("GET", name)

    def write(self, name, data):
        self.ask("PUT", name, data)

    def remove(self, name):
        self.ask("DELETE", name)

    add = write

    def begin(self, name):
        answer = ElementTree.fromstring(self.ask("POST", name, query=[("uploads", "")]))
        upload = next(item.text for item in answer if item.tag.endswith("UploadId"))
        self.ask("PUT", name, b"a part", [("partNumber", "1"), ("uploadId", upload)])

    def list(self):
        after = ""
        while True:
            query = [("list-type", "2")] + ([("start-after", after)] if after else [])
            answer = ElementTree.fromstring(self.ask("GET", "", query=query))
            names = [item.text for item in answer.iter() if item.tag.endswith("Key")]
            if not names:
                return
            yield from names
            after = names[-1]


class Pool:
    """librados: what does not fit in with its C interface is not here."""

    lib = None

    def __init__(self, name):
        if not Pool.lib:
            Pool.lib = ctypes.CDLL("librados.so.2")
            Pool.cluster = ctypes.c_void_p()
            self.do("rados_create2", ctypes.byref(Pool.cluster), b"ceph", b"client.admin", ctypes.c_uint64(0))
            self.do("rados_conf_read_file", Pool.cluster, os.environ["CEPH_CONF"].encode())
            self.do("rados_conf_set", Pool.cluster, b"rados_osd_op_timeout", b"60")
            self.do("rados_connect", Pool.cluster)
        self.io = ctypes.c_void_p()
        self.do("rados_ioctx_create", Pool.cluster, name.encode(), ctypes.byref(self.io))

    def do(self, call, *arguments):
        code = getattr(self.lib, call)(*arguments)
        if code < 0:
            raise OSError(-code, f"{call}: {os.strerror(-code)} {arguments[1:2]}")
        return code

    def list(self):
        context, entry, names = ctypes.c_void_p(), ctypes.c_char_p(), []
        self.do("rados_nobjects_list_open", self.io, ctypes.byref(context))
        while self.lib.rados_nobjects_list_next(context, ctypes.byref(entry), None, None) == 0:
            names.append(entry.value.decode())
        self.lib.rados_nobjects_list_close(context)
        return names

    def find(self, key):
        return self.names[key].encode()

    def look(self):
        """What they are called whose names end in a key, which has one dot, or in a key and more."""
        self.names = {".".join(name.rsplit("/", 1)[-1].split(".")[:2]): name for name in self.list()}

    def read(self, key):
        data = ctypes.create_string_buffer(1 << 20)
        return data.raw[:self.do("rados_read", self.io, self.find(key), data, ctypes.c_size_t(1 << 20),
                                 ctypes.c_uint64(0))]

    def write(self, key, data):
        self.do("rados_write_full", self.io, self.find(key), data, ctypes.c_size_t(len(data)))

    def remove(self, key):
        self.do("rados_remove", self.io, self.find(key))

    def add(self, name, data):
        self.do("rados_write_full", self.io, name.encode(), data, ctypes.c_size_t(len(data)))

    def begin(self, index, key, value):
        keys, values = (ctypes.c_char_p * 1)(key.encode()), (ctypes.c_char_p * 1)(value.encode())
        lengths = (ctypes.c_size_t * 1)(len(value))
        self.lib.rados_create_write_op.restype = ctypes.c_void_p
        change = ctypes.c_void_p(self.lib.rados_create_write_op())
        self.lib.rados_write_op_omap_set(change, keys, values, lengths, ctypes.c_size_t(1))
        self.do("rados_write_op_operate", change, self.io, index.encode(), None, 0)
        self.lib.rados_release_write_op(change)


class Files:
    def read(self, path):
        with open(path, "rb") as file:
            return file.read()

    def write(self, path, data):
        with open(path, "r+b") as file:
            file.write(data)
            file.truncate()

    def add(self, path, data):
        with open(path, "xb") as file:
            file.write(data)

    def remove(self, path):
        os.unlink(path)


CHANGES = {
    "flip": lambda data, at: data[:at % len(data)] + bytes([data[at % len(data)] ^ 1 << at % 8]) + data[at % len(data) + 1:],
    "cut": lambda data, at: data[:len(data) // 2],
    "grow": lambda data, at: data + b"\0",
    "empty": lambda data, at: b"",
    "zero": lambda data, at: bytes(len(data)),
}


def place():
    lines = [line.split() for line in sys.stdin]
    pools = {"below": Pool("default.rgw.buckets.data"), "rados": Pool(os.environ["RADOS_POOL"])}
    for pool in pools.values():
        pool.look()

    def make_work():
        places = {**pools, "s3": Bucket(), "file": Files()}

        def work(line):
            verb, there, rest = line[0], places[line[1]], line[2:]
            if verb == "list":
                print("\n".join(there.list()))
            elif verb == "add":
                there.add(rest[0], b"bytes that nobody knows")
            elif verb in CHANGES:
                there.write(rest[0], CHANGES[verb](there.read(rest[0]), int(rest[1])))
            else:
                getattr(there, verb)(*rest[:1] if verb == "remove" else rest)

        return work

    crowd(lines, make_work)


# What can be damaged where. A piece in the pool that has grown is read no further than it should.
KINDS = {
    "local": [("file", kind) for kind in ("flip", "cut", "grow", "empty", "zero", "remove")],
    "s3": [("s3", kind) for kind in ("flip", "cut", "grow", "empty", "zero", "remove")]
          + [("below", kind) for kind in ("flip", "zero", "remove")],
    "rados": [("rados", kind) for kind in ("flip", "cut", "empty", "zero", "remove")],
}


def plan(folder, prefix, damages, lost, seed):
    dice = random.Random(seed)
    copies = {}
    for line in sys.stdin:
        sha256, store, serial = line.split()
        copies.setdefault(sha256, []).append((store, serial))
    blobs = sorted(copies)
    dice.shuffle(blobs)
    left = int(damages)
    for i, sha256 in enumerate(blobs):
        here = copies[sha256]
        dice.shuffle(here)
        for store, serial in here if i < int(lost) else here[:-1]:
            if left == 0:
                return
            left -= 1
            where, kind = dice.choice(KINDS[store])
            key = f"{sha256}.{serial}"
            name = {"file": f"{folder}/{sha256[:2]}/{sha256}", "s3": prefix + key}.get(where, key)
            print(sha256, store, "lost" if i < int(lost) else "kept", kind, where, name, dice.randrange(1 << 20))
    if left:
        raise RuntimeError(f"{left} damages more than there are copies to spare")


def put(url, token, count, seed):
    def make_work():
        house = House(url, token)

        def work(number):
            status, body = house.ask("PUT", f"/file/upload?name=f{number}", content(seed, number))
            if status not in (200, 201):
                raise RuntimeError(f"upload: {status} {body[:200]}")

        return work

    crowd(range(int(count)), make_work)


def get(url, token, count, seed):
    bad = []

    def make_work():
        house = House(url, token)

        def work(number):
            status, body = house.ask("GET", f"/file/download?path=/f{number}")
            if (status, body) != (200, content(seed, number)):
                bad.append(number)

        return work

    crowd(range(int(count)), make_work)
    print(*sorted(bad), sep="\n", end="\n" if bad else "")


{"put": put, "get": get, "place": place, "plan": plan}[sys.argv[1]](*sys.argv[2:])
