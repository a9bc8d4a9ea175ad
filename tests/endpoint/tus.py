"""tus.py URL NAME=TOKEN...: holds `resume` to tus 1.0 (https://tus.io/protocols/resumable-upload) and to
our own promises, and says what is otherwise. ann, ben, reader (for reading) and folder (for ann's
folder "apart") have tokens; ann has a folder "apart" and a quota of 100 MB. t83-resume.sh calls it."""

import base64
import concurrent.futures
import email.utils
import hashlib
import http.client
import json
import os
import sys
import time
import urllib.parse
import zlib

HOST = sys.argv[1].removeprefix("http://")
TOKENS = dict(argument.split("=", 1) for argument in sys.argv[2:])
BASE = "/file/resume"
PIECE = "application/offset+octet-stream"
MANY = 50


def ask(method, path, headers=None, body=b"", who="ann", tus="1.0.0"):
    """The status, the headers and the body."""
    connection = http.client.HTTPConnection(HOST, timeout=60)
    said = {"Tus-Resumable": tus} if tus else {}
    said |= {"Authorization": "Bearer " + TOKENS[who]} if who else {}
    said |= {"Content-Length": str(len(body))} if method in ("POST", "PATCH") else {}
    connection.request(method, path, body or None, said | (headers or {}))
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, text


complaints, checks = [], 0


def check(what, fine, *seen):
    global checks
    checks += 1
    if not fine:
        complaints.append(f"{what}: {' '.join(map(str, seen))[:300]}")
    return fine


def expect(what, answer, status, **headers):
    """The answer has that status and those headers; and what every answer has."""
    check(what, answer[0] == status, answer[0], "is not", status, answer[2][:200])
    check(f"{what}: Tus-Resumable", answer[1].get("tus-resumable") == "1.0.0", answer[1])
    for name, value in headers.items():
        name = name.replace("_", "-")
        check(f"{what}: {name}", answer[1].get(name) == value, answer[1].get(name), "is not", value)
    return answer


def b64(text):
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def metadata(**pairs):
    return ",".join(f"{key} {b64(value)}" for key, value in pairs.items())


def begin(size, name="f", who="ann", **headers):
    said = {"Upload-Length": str(size), "Upload-Metadata": metadata(filename=name)}
    said |= {key.replace("_", "-"): value for key, value in headers.items()}
    answer = expect(f"begin {name}", ask("POST", BASE, said, who=who), 201)
    return answer[1].get("location", BASE + "/none")


def patch(path, offset, body, headers=None, who="ann"):
    return ask("PATCH", path, {"Content-Type": PIECE, "Upload-Offset": str(offset)} | (headers or {}), body, who)


def offset(path, who="ann"):
    return int(ask("HEAD", path, who=who)[1].get("upload-offset", -1))


def download(name):
    return ask("GET", "/file/download?id=" + urllib.parse.quote(name), tus=None)[2]


def is_file(what, name, body):
    found = download("/" + name)
    check(what, found == body, f"{name} has {len(found)} bytes that are not the {len(body)}")


def core():
    answer = ask("OPTIONS", BASE, who=None, tus=None)
    check("OPTIONS", answer[0] == 204 and answer[1]["tus-version"] == "1.0.0", answer)
    check("OPTIONS: extensions", set(answer[1]["tus-extension"].split(",")) ==
          {"creation", "creation-with-upload", "expiration", "checksum", "termination", "concatenation"}, answer)
    check("OPTIONS: checksums", set(answer[1]["tus-checksum-algorithm"].split(",")) == {"sha1", "sha256", "md5", "crc32"}, answer)
    check("OPTIONS: size", answer[1]["tus-max-size"].isdigit(), answer)

    path = begin(10, "core")
    check("Location is relative", path.startswith(BASE + "/"), path)
    for version in ("0.2.2", "1.0", "1.0.0, 1.0.0", None):
        for method, target in (("POST", BASE), ("HEAD", path), ("PATCH", path), ("DELETE", path)):
            answer = ask(method, target, {"Content-Type": PIECE, "Upload-Offset": "0", "Upload-Length": "1"}, tus=version)
            expect(f"{method} of version {version}", answer, 412, tus_version="1.0.0")
    expect("HEAD", ask("HEAD", path), 200, upload_offset="0", upload_length="10", cache_control="no-store")
    expect("another type", patch(path, 0, b"12345", {"Content-Type": "text/plain"}), 415)
    expect("another offset", patch(path, 1, b"12345"), 409)
    expect("no offset", ask("PATCH", path, {"Content-Type": PIECE}, b"12345"), 400)
    expect("PATCH", patch(path, 0, b"12345"), 204, upload_offset="5")
    expect("the same again", patch(path, 0, b"12345"), 409)
    expect("nothing", patch(path, 5, b""), 204, upload_offset="5")
    expect("beyond the end", patch(path, 5, b"123456"), 413)
    expect("an offset beyond the end", patch(path, 11, b""), 409)
    check("what is refused changes nothing", offset(path) == 5)
    override = {"X-HTTP-Method-Override": "PATCH", "Content-Type": PIECE, "Upload-Offset": "5"}
    expect("PATCH by POST", ask("POST", path, override, b"678"), 204, upload_offset="8")
    expect("HEAD by POST", ask("POST", path, {"X-HTTP-Method-Override": "HEAD"}), 200, upload_offset="8")
    expect("HEAD by GET", ask("GET", path, {"X-HTTP-Method-Override": "HEAD"}), 200, upload_offset="8")
    expect("OPTIONS by POST", ask("POST", path, {"X-HTTP-Method-Override": "OPTIONS"}), 204, tus_version="1.0.0")
    expect("nothing to begin by OPTIONS", ask("POST", BASE, {"X-HTTP-Method-Override": "OPTIONS", "Upload-Length": "5", "Upload-Metadata": metadata(filename="n")}), 204, location=None)
    expect("an unknown method by POST", ask("POST", path, {"X-HTTP-Method-Override": "MOVE"}), 405)
    answer = expect("the last piece", patch(path, 8, b"90"), 204, upload_offset="10")
    check("it says what it has become", answer[1].get("content-location", "").startswith("/file/query?id="), answer)
    is_file("a file in pieces", "core", b"1234567890")
    expect("HEAD of a file", ask("HEAD", path), 200, upload_offset="10", upload_length="10")
    expect("PATCH of a file, of nothing", patch(path, 10, b""), 204, upload_offset="10")
    expect("PATCH of a file", patch(path, 10, b"1"), 413)
    for method in ("HEAD", "PATCH", "DELETE"):
        answer = ask(method, f"{BASE}/{'a' * 43}", {"Content-Type": PIECE, "Upload-Offset": "0"}, b"1" if method == "PATCH" else b"")
        expect(f"{method} of none", answer, 404)
        check(f"{method} of none says no offset", "upload-offset" not in answer[1], answer)
    for method, target, allowed in (("GET", BASE, "OPTIONS, POST"), ("PUT", path, "DELETE, HEAD, OPTIONS, PATCH"), ("GET", path, "DELETE, HEAD, OPTIONS, PATCH")):
        expect(f"{method} {target}", ask(method, target), 405, allow=allowed)


def creation():
    hostile = ["-1", "+5", "0x5", "1e3", str(2**64), str(-2**63), "5, 9", "", "5 5", "5;", "٥".encode().decode("latin-1"), "5\t6"]
    for number in hostile:
        expect(f"Upload-Length {number}", ask("POST", BASE, {"Upload-Length": number, "Upload-Metadata": metadata(filename="n")}), 400)
    expect("no Upload-Length", ask("POST", BASE, {"Upload-Metadata": metadata(filename="n")}), 400)
    expect("a length for later", ask("POST", BASE, {"Upload-Defer-Length": "1", "Upload-Metadata": metadata(filename="n")}), 400)
    for number in (2**63, 2**64 - 1, 2**50 + 1):
        expect(f"Upload-Length {number}", ask("POST", BASE, {"Upload-Length": str(number), "Upload-Metadata": metadata(filename="n")}), 413)
    expect("over the quota", ask("POST", BASE, {"Upload-Length": "100000001", "Upload-Metadata": metadata(filename="n")}), 413)
    path = begin(10, "numbers")
    for number in hostile:
        expect(f"Upload-Offset {number}", ask("PATCH", path, {"Content-Type": PIECE, "Upload-Offset": number}, b"1"), 400)
    twice = {"Content-Type": PIECE, "Upload-Offset": "0", "Upload_Offset": "5"}
    check("Upload-Offset in two spellings", ask("PATCH", path, twice, b"1")[0] == 400)
    check("what is refused changes nothing", offset(path) == 0)
    ask("DELETE", path)

    for text in ("filename", "filename !", "filename YQ", "filename YQ==,filename Yg==", " YQ==", "filename YQ==,", "filename /w==",
                 f"filename {b64('a/b')}", f"filename {b64('..')}", f"filename {b64('')}", f"filename {b64('x' * 300)}", "other YQ==", "",
                 metadata(filename="n", conflict="perhaps"), metadata(filename="n", sha256="abc")):
        expect(f"Upload-Metadata {text}", ask("POST", BASE, {"Upload-Length": "1", "Upload-Metadata": text}), 400)
    expect("no such folder", ask("POST", BASE, {"Upload-Length": "1", "Upload-Metadata": metadata(filename="n", folder="/none")}), 404)
    said = metadata(filename="名前.txt", type="text/plain") + ",empty"
    path = begin(3, Upload_Metadata=said)
    expect("HEAD says the metadata", ask("HEAD", path), 200, upload_metadata=said)
    patch(path, 0, b"abc")
    is_file("a name that is not ASCII", "名前.txt", b"abc")

    begin(0, "empty")
    is_file("an empty file", "empty", b"")
    answer = ask("POST", BASE + "?name=query&folder=/apart", {"Upload-Length": "5", "Content-Type": PIECE}, b"12345")
    expect("with the first piece, and a query", answer, 201, upload_offset="5")
    is_file("with the first piece", "apart/query", b"12345")
    said = {"Upload-Length": "9", "Upload-Metadata": metadata(name="first", folder="/apart"), "Content-Type": PIECE}
    answer = expect("with a part of it", ask("POST", BASE, said, b"12345"), 201, upload_offset="5")
    expect("and the rest", patch(answer[1]["location"], 5, b"6789"), 204, upload_offset="9")
    is_file("with a part of it", "apart/first", b"123456789")
    expect("more than it says", ask("POST", BASE, said | {"Upload-Length": "4"}, b"12345"), 413)
    expect("of another type", ask("POST", BASE, said | {"Content-Type": "text/plain"}, b"12345"), 415)

    digest = hashlib.sha256(b"declared").hexdigest()
    path = begin(8, Upload_Metadata=metadata(filename="declared", sha256=digest))
    expect("the declared bytes", patch(path, 0, b"declared"), 204)
    path = begin(8, Upload_Metadata=metadata(filename="declared", sha256=digest))
    expect("other bytes", patch(path, 0, b"Declared"), 422)
    expect("which are gone", ask("HEAD", path), 404)
    is_file("other bytes change nothing", "declared", b"declared")
    taken = {"Upload-Length": "1", "Upload-Metadata": metadata(filename="declared", conflict="fail")}
    expect("a name that is taken", ask("POST", BASE, taken), 409)

    # Taken meanwhile: what has come stays, and is a file as soon as the name is free.
    path = begin(4, Upload_Metadata=metadata(filename="late", conflict="fail"))
    begin(0, "late")
    expect("a name that was taken meanwhile", patch(path, 0, b"late"), 409)
    expect("it stays so", ask("HEAD", path), 409)
    entry = json.loads(ask("GET", "/file/query?id=/late", tus=None)[2])["id"]
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    ask("POST", "/file/delete", form, f"id={entry}&forever=1".encode(), tus=None)
    expect("and then not", ask("HEAD", path), 200, upload_offset="4")
    is_file("a name that was taken meanwhile", "late", b"late")


def expiration():
    path = begin(10, "expires")
    answer = expect("PATCH", patch(path, 0, b"1"), 204)
    until = email.utils.parsedate_to_datetime(answer[1].get("upload-expires", "Thu, 01 Jan 1970 00:00:00 GMT")).timestamp()
    check("Upload-Expires is in a week", 6 < (until - time.time()) / 86400 < 8, answer)
    ask("DELETE", path)


def checksum():
    body = os.urandom(300_000)
    sums = {"sha1": hashlib.sha1(body).digest(), "sha256": hashlib.sha256(body).digest(), "md5": hashlib.md5(body).digest(),
            "crc32": zlib.crc32(body).to_bytes(4, "big")}
    for name, digest in sums.items():
        path = begin(len(body) + 1, name)
        wrong = bytes([digest[0] ^ 1]) + digest[1:]
        expect(f"a wrong {name}", patch(path, 0, body, {"Upload-Checksum": f"{name} {b64(wrong)}"}), 460)
        check(f"a wrong {name} changes nothing", offset(path) == 0)
        expect(f"the {name}", patch(path, 0, body, {"Upload-Checksum": f"{name} {b64(digest)}"}), 204, upload_offset="300000")
        patch(path, 300_000, b"1")
        is_file(f"with its {name}", name, body + b"1")
    path = begin(1, "sums")
    for text in ("sha1", "sha1 ", "sha1 YQ==", "sha512 " + b64(hashlib.sha512(b"1").digest()), "crc64 YWFhYWFhYWE=", "sha1 !"):
        expect(f"Upload-Checksum {text}", patch(path, 0, b"1", {"Upload-Checksum": text}), 400)
    ask("DELETE", path)
    said = {"Upload-Length": "3", "Content-Type": PIECE, "Upload-Checksum": "sha1 " + b64(hashlib.sha1(b"abd").digest()),
            "Upload-Metadata": metadata(filename="first")}
    expect("a wrong one with the creation", ask("POST", BASE, said, b"abc"), 460)


def termination():
    path = begin(10, "ended")
    patch(path, 0, b"12345")
    expect("DELETE", ask("DELETE", path), 204)
    for answer in (ask("HEAD", path), patch(path, 5, b"6"), ask("DELETE", path)):
        expect("after DELETE", answer, 404)
    path = begin(1, "stays")
    patch(path, 0, b"1")
    expect("DELETE of a file's upload", ask("DELETE", path), 204)
    is_file("the file stays", "stays", b"1")


def concatenation():
    pieces = [os.urandom(n) for n in (1, 70_000, 0, 2_000_000)]
    paths = []
    for piece in pieces:
        answer = ask("POST", BASE, {"Upload-Length": str(len(piece)), "Upload-Concat": "partial"})
        paths.append(expect("a part", answer, 201)[1]["location"])
    final = {"Upload-Concat": "final;" + " ".join(paths), "Upload-Metadata": metadata(filename="whole")}
    expect("parts that are not whole", ask("POST", BASE, final), 400)
    for path, piece in zip(paths, pieces):
        expect("PATCH of a part", patch(path, 0, piece), 204)
        expect("HEAD of a part", ask("HEAD", path), 200, upload_concat="partial", upload_length=str(len(piece)))
    check("a part is no file", ask("GET", "/file/query?id=/whole", tus=None)[0] == 404)
    whole = b"".join(pieces)
    absolute = {**final, "Upload-Concat": "final;" + " ".join(f"http://{HOST}{path}" for path in paths)}
    answer = expect("final", ask("POST", BASE, absolute), 201, upload_offset=str(len(whole)))
    is_file("made of parts", "whole", whole)
    path = answer[1]["location"]
    expect("HEAD of final", ask("HEAD", path), 200, upload_length=str(len(whole)), upload_offset=str(len(whole)), upload_concat=absolute["Upload-Concat"])
    expect("PATCH of final", patch(path, len(whole), b""), 403)
    expect("the parts have ended", ask("HEAD", paths[1]), 404)
    said = {"Upload-Length": "1", "Upload-Concat": "partial", "Content-Type": PIECE}
    many = [ask("POST", BASE, said, b"%d" % (n % 10))[1]["location"] for n in range(100)]
    final = {"Upload-Concat": "final;" + " ".join(many), "Upload-Metadata": metadata(filename="many")}
    expect("as many parts as there may be", ask("POST", BASE, final), 201, upload_offset="100")
    is_file("made of many", "many", b"0123456789" * 10)
    part = ask("POST", BASE, said, b"x")[1]["location"]
    large = ask("POST", BASE, {**said, "Upload-Length": str(2_000_000)}, b"y" * 2_000_000)[1]["location"]
    final = {"Upload-Concat": "final;" + " ".join([part] + [large] * 50), "Upload-Metadata": metadata(filename="much")}
    answer = expect("more than the quota, of one part", ask("POST", BASE, final), 413)
    check("it is refused before anything is copied", b"of your quota" in answer[2], answer[2])
    expect("its parts are what they were", ask("HEAD", large), 200, upload_offset="2000000")
    final["Upload-Concat"] = "final;" + " ".join([part, large, large, part])
    expect("a part twice", ask("POST", BASE, final), 201, upload_offset="4000002")
    is_file("made of parts that are named twice", "much", b"x" + b"y" * 4_000_000 + b"x")
    for text in ("final", "final;", "final;/file/upload", "final;" + path, "whole", "partial;", "final;" + BASE + "/none"):
        answer = ask("POST", BASE, {"Upload-Length": "1", "Upload-Concat": text, "Upload-Metadata": metadata(filename="n")})
        check(f"Upload-Concat {text}", answer[0] in (400, 404), answer)


def rights():
    path = begin(10, Upload_Metadata=metadata(filename="mine", folder="/apart"))
    other = begin(10, "mine")
    none = f"{BASE}/{'b' * 43}"
    verbs = [("HEAD", {}, b""), ("PATCH", {"Content-Type": PIECE, "Upload-Offset": "0"}, b"12345"), ("DELETE", {}, b"")]
    same = lambda answer: (answer[0], {k: v for k, v in answer[1].items() if k not in ("date", "x-request-id")}, json.loads(answer[2] or "{}").get("detail"))
    for method, headers, body in verbs:
        expect(f"{method} by nobody", ask(method, path, headers, body, None), 401)
        expect(f"{method} by who may read", ask(method, path, headers, body, "reader"), 403)
        foreign, absent = (ask(method, target, headers, body, "ben") for target in (path, none))
        expect(f"{method} by another", foreign, 404)
        check(f"{method} by another tells nothing", same(foreign) == same(absent), foreign, absent)
        expect(f"{method} from another folder", ask(method, other, headers, body, "folder"), 404)
        expect(f"{method} from another site", ask(method, path, headers | {"Origin": "http://evil.example"}, body), 403)
    said = {"Upload-Length": "1", "Upload-Metadata": metadata(filename="n")}
    expect("POST by nobody", ask("POST", BASE, said, who=None), 401)
    expect("POST by who may read", ask("POST", BASE, said, who="reader"), 403)
    check("nobody has changed it", offset(path) == 0 and offset(other) == 0)
    expect("who is confined goes on below", patch(path, 0, b"12345", who="folder"), 204, upload_offset="5")
    answer = ask("POST", BASE, {"Upload-Length": "4", "Upload-Metadata": metadata(filename="confined")}, who="folder")
    patch(answer[1]["location"], 0, b"here", who="folder")
    is_file("a confined root is the folder", "apart/confined", b"here")
    part = ask("POST", BASE, {"Upload-Length": "1", "Upload-Concat": "partial"}, who="ben")[1]["location"]
    patch(part, 0, b"1", who="ben")
    stolen = {"Upload-Concat": "final;" + part, "Upload-Metadata": metadata(filename="stolen")}
    expect("a part of another's", ask("POST", BASE, stolen), 404)
    for target, who in ((path, "ann"), (other, "ann"), (part, "ben")):
        expect("DELETE", ask("DELETE", target, who=who), 204)


def together(work):
    with concurrent.futures.ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(work, range(MANY)))


def races():
    bodies = [bytes([65 + i]) * 100_000 for i in range(MANY)]
    path = begin(100_000, "race")
    answers = together(lambda i: patch(path, 0, bodies[i]))
    won = [i for i in range(MANY) if answers[i][0] == 204]
    check("one of many PATCHes", len(won) == 1 and sorted({a[0] for a in answers}) == [204, 409], [a[0] for a in answers])
    is_file("that of who won", "race", bodies[won[0]])
    answers = together(lambda i: ask("POST", BASE, {"Upload-Length": "30000000", "Upload-Metadata": metadata(filename=f"q{i}")}, who="ben"))
    begun = [answer[1]["location"] for answer in answers if answer[0] == 201]
    check("as many as the quota has room for", len(begun) == 3 and {a[0] for a in answers} == {201, 413}, [a[0] for a in answers])
    together(lambda i: ask("DELETE", begun[i % 3], who="ben"))
    check("DELETE gives the room back", ask("POST", BASE, {"Upload-Length": "90000000", "Upload-Concat": "partial"}, who="ben")[0] == 201)


def lines():
    """A line that is cut costs nothing that has come; one that hangs does not keep its upload."""
    body = os.urandom(3_000_000)
    for how in ("cut", "hang", "end"):
        path = begin(len(body), how)
        connection = http.client.HTTPConnection(HOST, timeout=60)
        connection.putrequest("PATCH", path)
        for name, value in {"Tus-Resumable": "1.0.0", "Authorization": "Bearer " + TOKENS["ann"], "Content-Type": PIECE, "Upload-Offset": "0",
                            "Content-Length": str(len(body))}.items():
            connection.putheader(name, value)
        connection.endheaders(body[:2_000_000])
        while not any(os.path.getsize(file.path) >= 1_900_000 for file in os.scandir(os.environ["PIECES"])):
            time.sleep(0.01)
        if how == "end":
            expect("DELETE while it comes", ask("DELETE", path), 204)
            expect("after that", ask("HEAD", path), 404)
            continue
        if how == "cut":
            connection.close()
        at = offset(path)
        check(f"{how}: what has come stays", 1_900_000 <= at <= 2_000_000, at)
        expect(f"{how}: the rest", patch(path, at, body[at:]), 204)
        is_file(f"{how}", how, body)


for test in (core, creation, expiration, checksum, termination, concatenation, rights, races, lines):
    test()
print(*complaints, f"{checks} checks, {len(complaints)} complaints", sep="\n")
sys.exit(bool(complaints) or checks < 300)
