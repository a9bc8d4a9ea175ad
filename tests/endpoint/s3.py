"""s3.py: an S3 for tests, which lies on demand. Prints its port and serves 127.0.0.1 until killed.

Path-style PUT, GET with Range, HEAD, DELETE, ListObjectsV2 and multipart uploads, in any bucket, with the
objects in memory. Each request must be signed (AWS4-HMAC-SHA256, in the header or presigned) with ACCESS
and SECRET below. Content-MD5 is checked. Unsigned, for the test:

    PUT    /_control     {"method": "PUT", "key": "REGEX", "nth": 2, "count": 1, ...}  adds a lie about the
                         requests that match, from the nth on, count of them (0 is all); {} takes all back;
                         {"crc": true} answers x-oss-hash-crc64ecma as Alibaba's OSS, {"quota": N} is full
                         at N bytes
    GET    /_log         [[method, key, query, status], ...]; 0 is a connection that was closed or hung
    GET    /_objects     {key: size};  GET /_uploads  [upload id, ...] that are neither complete nor aborted
    GET    /_digests     {key: SHA-256 of the bytes that are stored}
    PUT    /_damage      {"key": ..., and "flip": offset, "truncate": size or "delete": true}

A lie has one or more of
    "status": 503, "code": "SlowDown", "retry_after": 1     refused before anything is done
    "skew": 1200            403 RequestTimeTooSkewed, with a Date that is as many seconds off
    "delay": 2              seconds before the request is looked at;  "hang": true  no answer ever
    "cut_request": 100      hangs up after as many bytes of the body;  "cut_response": 100  of the answer's
    "error": "InternalError"                                200 with an <Error> for a body
    "etag": "0bad", "crc64": "1"                            answered instead of the true ones
    "short": 3, "flip": 0, "lost": true                     stored without 3 bytes, with one flipped, not at all
    "late": 2               a change is done that many seconds after 504, or with "late_hangup" no answer

A key is BUCKET/NAME, decoded; REGEX is searched in it and in "?query" behind it."""

import base64
import datetime
import email.utils
import functools
import hashlib
import hmac
import json
import os
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape

ACCESS, SECRET = "coffer-test", "not-a-secret"
PAGE = 1000
STATUS = {"QuotaExceeded": 403, "AccessDenied": 403, "SignatureDoesNotMatch": 403, "RequestTimeTooSkewed": 403,
          "NoSuchKey": 404, "NoSuchUpload": 404, "MissingContentLength": 411, "PreconditionFailed": 412,
          "InvalidRange": 416}
CRC_TABLE = []
for byte in range(256):
    for _ in range(8):
        byte = byte >> 1 ^ (0xC96C5795D7870F42 if byte & 1 else 0)
    CRC_TABLE.append(byte)


@functools.lru_cache
def crc64(data):
    """CRC-64/XZ; of "123456789" it is 995dc9bbdf1939fa."""
    value = 2**64 - 1
    for byte in data:
        value = CRC_TABLE[(value ^ byte) & 255] ^ value >> 8
    return value ^ 2**64 - 1


class Refused(Exception):
    def __init__(self, code, status=None, headers=None):
        self.code, self.status, self.headers = code, status or STATUS.get(code, 400), headers or {}


class HungUp(Exception):
    """No answer any more."""


lock = threading.RLock()
objects, etags, modified = {}, {}, {}  # by key: bytes, hex, seconds since 1970
uploads = {}  # id: [key, {number: bytes}]
lies, log, options = [], [], {}


def md5(data):
    return hashlib.md5(data).hexdigest()


def damaged(data, lie):
    data = data[: lie.get("truncate", len(data) - lie.get("short", 0))]
    if "flip" in lie:
        data = data[: lie["flip"]] + bytes([data[lie["flip"]] ^ 1]) + data[lie["flip"] + 1 :]
    return data


def store(key, data, etag, lie):
    """What becomes of bytes that were acknowledged, sooner or later."""
    with lock:
        if not lie.get("lost"):
            objects[key], etags[key], modified[key] = damaged(data, lie), etag, time.time()


def find_lie(method, target):
    with lock:
        for lie in lies:
            if lie.get("method", method) != method or not re.search(lie.get("key", ""), target):
                continue
            lie["seen"] = lie.get("seen", 0) + 1
            first, count = lie.get("nth", 1), lie.get("count", 1)
            if lie["seen"] >= first and (count == 0 or lie["seen"] < first + count):
                return lie
    return {}


def signature(method, path, query, headers, names, when, scope, payload):
    """https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html"""
    encode = lambda text: quote(text, safe="-_.~")
    pairs = sorted((encode(name), encode(value)) for name, value in query)
    lines = [method, quote(path, safe="/-_.~"), "&".join(f"{name}={value}" for name, value in pairs)]
    lines += [f"{name}:{' '.join((headers.get(name) or '').split())}" for name in names.split(";")]
    request = "\n".join([*lines, "", names, payload])
    text = "\n".join(["AWS4-HMAC-SHA256", when, scope, hashlib.sha256(request.encode()).hexdigest()])
    key = ("AWS4" + SECRET).encode()
    for word in (*scope.split("/"), text):
        key = hmac.new(key, word.encode(), hashlib.sha256).digest()
    return key.hex()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    log_message = lambda *_: None

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except ConnectionError:
            self.close_connection = True

    def note(self, status):
        """Once for each request, before it is answered, as who is answered may read it next."""
        with lock:
            if not self.noted and not self.key.startswith("_"):
                log.append([self.command, self.key, urlsplit(self.path).query, status])
        self.noted = True

    def answer(self, status, body=b"", headers=(), lie={}):
        self.note(status)
        self.send_response(status)
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        body = b"" if self.command == "HEAD" else body
        if "cut_response" in lie:
            self.wfile.write(body[: lie["cut_response"]])
            self.wfile.flush()
            raise HungUp
        self.wfile.write(body)

    def xml(self, text, lie):
        text = '<?xml version="1.0" encoding="UTF-8"?>\n' + text
        self.answer(200, text.encode(), {"Content-Type": "application/xml"}, lie)

    def date_time_string(self, timestamp=None):
        return email.utils.formatdate((timestamp or time.time()) + getattr(self, "skew", 0), usegmt=True)

    def serve(self):
        split = urlsplit(self.path)
        self.key = unquote(split.path)[1:]
        self.pairs = parse_qsl(split.query, keep_blank_values=True)
        self.query = dict(self.pairs)
        self.skew, self.noted = 0, False
        if self.key.startswith("_"):
            return self.control()
        lie = find_lie(self.command, self.key + ("?" + split.query if split.query else ""))
        try:
            self.obey(lie)
        except Refused as refused:
            body = f"<Error><Code>{refused.code}</Code><Message>as you say</Message></Error>".encode()
            # A body that was not read would be taken for the next request.
            self.close_connection = self.close_connection or not self.body_read
            headers = {"Connection": "close"} if self.close_connection else {}
            self.answer(refused.status, body, {**refused.headers, **headers})
        except HungUp:
            self.close_connection = True
            self.note(0)

    do_GET = do_PUT = do_HEAD = do_DELETE = do_POST = serve

    def obey(self, lie):
        self.body_read = self.headers.get("Content-Length", "0") == "0"
        time.sleep(lie.get("delay", 0))
        if lie.get("hang"):
            while self.connection.recv(65536):
                pass
            raise HungUp
        if "cut_request" in lie:
            self.rfile.read(lie["cut_request"])
            raise HungUp
        if "skew" in lie:
            self.skew = lie["skew"]
            raise Refused("RequestTimeTooSkewed")
        if "status" in lie:
            retry = {"Retry-After": str(lie["retry_after"])} if "retry_after" in lie else {}
            raise Refused(lie.get("code", "InternalError"), lie["status"], retry)
        body = self.read_body()
        self.check_signature(body)
        if "error" in lie:
            return self.xml(f"<Error><Code>{lie['error']}</Code><Message>as you say</Message></Error>", lie)
        self.operation()(body, lie)

    def read_body(self):
        if self.command in ("PUT", "POST") and "Content-Length" not in self.headers:
            raise Refused("MissingContentLength")
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        if len(body) < length:
            raise HungUp
        self.body_read = True
        if base64.b64decode(self.headers.get("Content-MD5", "")) not in (b"", hashlib.md5(body).digest()):
            raise Refused("BadDigest")
        return body

    def check_signature(self, body):
        payload = self.headers.get("x-amz-content-sha256", "UNSIGNED-PAYLOAD")
        fields = dict(re.findall(r"(\w+)=([^, ]+)", self.headers.get("Authorization", "")))
        when, query = self.headers.get("x-amz-date", ""), self.pairs
        if "X-Amz-Signature" in self.query:
            fields = {name: self.query.get("X-Amz-" + name) for name in ("Credential", "SignedHeaders", "Signature")}
            when, payload = self.query.get("X-Amz-Date", ""), "UNSIGNED-PAYLOAD"
            query = [pair for pair in query if pair[0] != "X-Amz-Signature"]
        elif not self.headers.get("Authorization", "").startswith("AWS4-HMAC-SHA256 "):
            raise Refused("AccessDenied")
        try:
            (access, _, scope), names = fields["Credential"].partition("/"), fields["SignedHeaders"]
            then = datetime.datetime.strptime(when + "+0000", "%Y%m%dT%H%M%SZ%z").timestamp()
        except (KeyError, TypeError, ValueError, AttributeError):
            raise Refused("AccessDenied") from None
        expires = float(self.query.get("X-Amz-Expires", 0))
        if time.time() > then + (expires or 900) or time.time() < then - 900:
            raise Refused("AccessDenied" if expires else "RequestTimeTooSkewed")
        right = signature(self.command, unquote(urlsplit(self.path).path), query, self.headers, names, when, scope, payload)
        if access != ACCESS or "host" not in names.split(";") or not hmac.compare_digest(fields.get("Signature", ""), right):
            raise Refused("SignatureDoesNotMatch")
        if payload != "UNSIGNED-PAYLOAD" and payload != hashlib.sha256(body).hexdigest():
            raise Refused("XAmzContentSHA256Mismatch")

    def operation(self):
        for method, parameter, operation in (
                ("POST", "uploads", self.initiate), ("POST", "uploadId", self.complete), ("PUT", "uploadId", self.put_part),
                ("DELETE", "uploadId", self.abort), ("GET", "uploads", self.list_uploads), ("GET", "list-type", self.list),
                ("PUT", None, self.put), ("DELETE", None, self.delete), ("GET", None, self.get), ("HEAD", None, self.get)):
            if self.command == method and (parameter is None or parameter in self.query):
                return operation
        raise Refused("MethodNotAllowed", 405)

    def change(self, lie, done, answer):
        """Does what was asked for now and answers, or answers another thing now and does it later, when
        the connection may be at another request: `done` knows by itself what was asked for."""
        if "late" in lie:
            timer = threading.Timer(lie["late"], done)
            timer.daemon = True
            timer.start()
            if lie.get("late_hangup"):
                raise HungUp
            raise Refused("InternalError", 504)
        done()
        answer()

    def check_room(self, more):
        with lock:
            parts = sum(len(part) for _, parts in uploads.values() for part in parts.values())
            if more + parts + sum(map(len, objects.values())) > options.get("quota", 2**62):
                raise Refused("QuotaExceeded", options.get("quota_status"))

    def digests(self, data, etag, lie):
        headers = {"ETag": '"%s"' % lie.get("etag", etag)}
        if options.get("crc") or "crc64" in lie:
            headers["x-oss-hash-crc64ecma"] = lie["crc64"] if "crc64" in lie else str(crc64(data))
        return headers

    def put(self, body, lie):
        if self.headers.get("If-None-Match") == "*" and self.key in objects:
            raise Refused("PreconditionFailed")
        self.check_room(len(body))
        self.change(lie, functools.partial(store, self.key, body, md5(body), lie),
                    lambda: self.answer(200, b"", self.digests(body, md5(body), lie), lie))

    def delete(self, _, lie):
        key = self.key
        self.change(lie, lambda: lie.get("lost") or objects.pop(key, None), lambda: self.answer(204, lie=lie))

    def get(self, _, lie):
        with lock:
            if self.key not in objects:
                raise Refused("NoSuchKey")
            data, etag, since = objects[self.key], etags[self.key], modified[self.key]
        headers = {**self.digests(data, etag, lie), "Last-Modified": email.utils.formatdate(since, usegmt=True)}
        status, part = 200, data
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if wanted:
            first, last = int(wanted[1]), min(int(wanted[2] or len(data)), len(data) - 1)
            if first >= len(data) or first > last:
                raise Refused("InvalidRange")
            status, part = 206, data[first : last + 1]
            headers["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
        self.answer(status, part, headers, lie)

    def page(self, found, after, most, entry, kind, markers):
        """The answer of a list: what of `found` is behind `after`, and where the next one begins."""
        limit = min(PAGE, int(self.query.get(most, PAGE)))
        found = sorted(one for one in found if one > after)
        text, more = "".join(map(entry, found[:limit])), len(found) > limit
        for name, value in zip(markers, found[limit - 1] if more and limit else ()):
            text += f"<{name}>{escape(value)}</{name}>"
        return f"<{kind}><IsTruncated>{str(more).lower()}</IsTruncated>{text}</{kind}>"

    def list(self, _, lie):
        bucket, prefix = self.key.rstrip("/") + "/", self.query.get("prefix", "")
        after = self.query.get("continuation-token") or self.query.get("start-after", "")
        encode = quote if self.query.get("encoding-type") == "url" else escape
        entry = lambda one: f"<Contents><Key>{encode(one[0])}</Key><Size>{len(objects[bucket + one[0]])}</Size></Contents>"
        with lock:
            found = [(key[len(bucket) :],) for key in objects if key.startswith(bucket + prefix)]
            text = self.page(found, (after,), "max-keys", entry, "ListBucketResult", ["NextContinuationToken"])
        self.xml(text, lie)

    def list_uploads(self, _, lie):
        bucket, prefix = self.key.rstrip("/") + "/", self.query.get("prefix", "")
        after = (self.query.get("key-marker", ""), self.query.get("upload-id-marker", "~"))
        entry = lambda one: f"<Upload><Key>{escape(one[0])}</Key><UploadId>{one[1]}</UploadId></Upload>"
        with lock:
            found = [(key[len(bucket) :], name) for name, (key, _) in uploads.items() if key.startswith(bucket + prefix)]
            text = self.page(found, after, "max-uploads", entry, "ListMultipartUploadsResult",
                             ["NextKeyMarker", "NextUploadIdMarker"])
        self.xml(text, lie)

    def initiate(self, _, lie):
        name = os.urandom(8).hex()
        with lock:
            uploads[name] = [self.key, {}]
        self.xml(f"<InitiateMultipartUploadResult><UploadId>{name}</UploadId></InitiateMultipartUploadResult>", lie)

    def parts(self):
        key, parts = uploads.get(self.query["uploadId"], (None, None))
        if key != self.key:
            raise Refused("NoSuchUpload")
        return parts

    def put_part(self, body, lie):
        parts, number = self.parts(), int(self.query["partNumber"])
        self.check_room(len(body))
        self.change(lie, lambda: lie.get("lost") or parts.update({number: damaged(body, lie)}),
                    lambda: self.answer(200, b"", self.digests(body, md5(body), lie), lie))

    def complete(self, body, lie):
        parts = self.parts()
        listed = re.findall(rb"<Part>.*?</Part>", body, re.S)
        numbers = [int(re.search(rb"<PartNumber>\s*(\d+)", part)[1]) for part in listed]
        tags = [re.search(rb"<ETag>(?:\"|&quot;|&#34;)?([0-9a-f]+)", part)[1].decode() for part in listed]
        if numbers != sorted(set(numbers)):
            raise Refused("InvalidPartOrder")
        if not numbers or any(number not in parts or md5(parts[number]) != tag for number, tag in zip(numbers, tags)):
            raise Refused("InvalidPart")
        if any(len(parts[number]) < options.get("part_size", 5 << 20) for number in numbers[:-1]):
            raise Refused("EntityTooSmall")
        data = b"".join(parts[number] for number in numbers)
        etag = hashlib.md5(b"".join(bytes.fromhex(tag) for tag in tags)).hexdigest() + f"-{len(tags)}"

        key, upload = self.key, self.query["uploadId"]

        def done():
            store(key, data, etag, lie)
            with lock:
                uploads.pop(upload, None)

        said = escape(self.digests(data, etag, lie)["ETag"])
        self.change(lie, done, lambda: self.xml(
            f"<CompleteMultipartUploadResult><ETag>{said}</ETag></CompleteMultipartUploadResult>", lie))

    def abort(self, _, lie):
        self.parts()
        upload = self.query["uploadId"]
        self.change(lie, lambda: uploads.pop(upload, None), lambda: self.answer(204, lie=lie))

    def control(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        said, told = json.loads(body or b"{}"), {}
        with lock:
            if self.key == "_control" and not said:
                lies.clear()
                options.clear()
            elif self.key == "_control" and said.keys() <= {"crc", "quota", "quota_status", "part_size"}:
                options.update(said)
            elif self.key == "_control":
                lies.append(said)
            elif self.key == "_damage":
                data = objects.pop(said["key"])
                if not said.get("delete"):
                    objects[said["key"]] = damaged(data, said)
            else:
                told = {"_log": lambda: log, "_uploads": lambda: sorted(uploads),
                        "_objects": lambda: {key: len(data) for key, data in objects.items()},
                        "_digests": lambda: {key: hashlib.sha256(data).hexdigest() for key, data in objects.items()}}[self.key]()
            text = json.dumps(told)
        self.answer(200, text.encode(), {"Content-Type": "application/json"})


ThreadingHTTPServer.request_queue_size = 128
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
