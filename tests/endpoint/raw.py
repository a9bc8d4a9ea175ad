"""raw.py PORT TOKEN: sends the requests below, byte for byte, and says which were not answered as
they should be. TOKEN's user has one file, 'kept', of 5 bytes. t13-raw.sh calls it.

Each row is what is expected and what is sent: the statuses of the answers on that connection,
"" for none. After each an ordinary request on a fresh connection must find the one file."""

import json
import re
import socket
import sys

PORT = int(sys.argv[1])
AUTH = b"Authorization: Bearer " + sys.argv[2].encode()
CLOSE = b"Connection: close"
HOST = b"Host: x"


def request(line, *headers, body=b""):
    return b"\r\n".join((line, HOST, AUTH, CLOSE, *headers, b"", body))


def get(target, *headers):
    return request(b"GET " + target + b" HTTP/1.1", *headers)


def query(*headers):
    return get(b"/file/query", *headers)


def download(*headers):
    return get(b"/file/download?path=/kept", *headers)


def put(*headers, name=b"x", body=b"abc"):
    return request(b"PUT /file/upload?name=" + name + b" HTTP/1.1", *headers, body=body)


def form(*headers, body=b""):
    kind = b"Content-Type: application/x-www-form-urlencoded"
    return request(b"POST /file/update HTTP/1.1", kind, *headers, body=body)


def chunked(body):
    return form(b"Transfer-Encoding: chunked", body=body)


def multipart(kind, body):
    length = b"Content-Length: %d" % len(body)
    return request(b"POST /file/update HTTP/1.1", b"Content-Type: multipart/form-data" + kind, length, body=body)


def stay(data):
    return data.replace(CLOSE, b"Connection: keep-alive")


ROWS = (
    # The length of a body. Without one there is none, and a file is then empty.
    ("413", put(b"Content-Length: 9223372036854775807")),
    ("400", put(b"Content-Length: 9223372036854775808")),
    ("400", put(b"Content-Length: 18446744073709551619")),
    ("400", put(b"Content-Length: -1")),
    ("400", put(b"Content-Length: +3")),
    ("400", put(b"Content-Length: 0x3")),
    ("400", put(b"Content-Length: 3 3")),
    ("400", put(b"Content-Length: 3, 3")),
    ("400", put(b"Content-Length: 3", b"Content-Length: 4")),
    ("400", put(b"Content-Length: 3", b"Content-Length: 3")),
    ("400", put(b"Content-Length : 3")),
    ("400", put(b"Content_Length: 3", name=b"..", body=b"")),
    ("400", put(b"Content-Length: 3", name=b"..") + b"more"),
    ("413", form(b"Content-Length: 4000000000")),
    ("400", query(b"Content-Length: 3") + b"abc"),
    # Transfer-Encoding. lighttpd 1.4.69 takes "3\rXX\n" for the size of a chunk: who puts a proxy
    # in front of it must know that the proxy does not.
    ("400", put(b"Content-Length: 3", b"Transfer-Encoding: chunked", body=b"3\r\nabc\r\n0\r\n\r\n")),
    ("411", put(b"Transfer-Encoding: chunked", body=b"")),
    ("501", put(b"Transfer-Encoding: identity")),
    ("501", put(b"Transfer-Encoding: gzip, chunked")),
    ("501", put(b"Transfer-Encoding: xchunked")),
    ("400", put(b"Transfer-Encoding : chunked")),
    ("400", put(b"Transfer_Encoding: chunked", name=b"..", body=b"")),
    ("400", chunked(b"3\r\na=b\r\n0\r\n\r\n")),  # a fine one, of a form that makes no sense
    ("400", chunked(b"3;x=\"y\"\r\na=b\r\n0\r\n\r\n")),
    ("400", chunked(b"3\r\na=b\r\n0\r\nX: y\r\nContent-Length: 9\r\n\r\n")),
    ("400", chunked(b"3\rXX\na=b\r\n0\r\n\r\n")),
    ("400", chunked(b"3\r\na=bXX0\r\n\r\n")),
    ("400", chunked(b"FFFFFFFFFFFFFFFF\r\na=b\r\n0\r\n\r\n")),
    ("400", chunked(b"-3\r\na=b\r\n0\r\n\r\n")),
    ("400", chunked(b"0x3\r\na=b\r\n0\r\n\r\n")),
    ("400", chunked(b"3\na=b\n0\n\n")),
    # The lines of a head.
    ("400", query().replace(b"\r\n", b"\n")),
    ("400", query(b"X: y\nZ: z")),
    ("400", query(b"X: y\rZ: z")),
    ("400", query(b"X: y\0z")),
    ("400", query(b"X\0: y")),
    ("400", query(b"X: y\x01z")),
    ("200", query(b"X: y\r\n z")),
    ("200", query(b"X: y\r\n\tz: w")),
    ("400", b"GET /file/query HTTP/1.1\r\n Host: x\r\n\r\n"),
    ("400", query(b"nonsense")),
    ("400", query(b": nameless")),
    ("400", query(b"X : y")),
    ("400", query(b"X(: y")),
    ("400", query(b"X\xff: y")),
    ("200", query(b"X: \xff\xfe")),
    ("400", b"\r\n\r\n" + query()),
    ("400", b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03" + b"\0" * 500),  # TLS
    ("400", b"\0" * 2000),
    # Headers: of the same name by hyphen and underscore, too many, too long, nonsense.
    ("400", query().replace(HOST + b"\r\n", b"")),
    ("400", query(b"Host: y")),
    ("400", query().replace(HOST, b"Host:")),
    ("400", query().replace(HOST, b"Host: a b")),
    ("400", query().replace(HOST, b"Host: a/b")),
    ("400", query().replace(HOST, b"Host: a@b")),
    ("400", query().replace(HOST, b"Host: a:99999")),
    ("400", query().replace(HOST, b"Host: \xff")),
    ("400", query(b"X-A: 1", b"X_A: 2")),
    ("400", query(b"X_Forwarded-For: 1", b"X-Forwarded_For: 2")),
    ("400", query(b"HTTP_X: 1", b"HTTP-X: 2")),
    ("200", query(b"X-A: 1", b"X-A: 2")),
    ("401", query(AUTH)),
    ("431", query(b"X: " + b"y" * 9 * 1024)),
    ("431", query(*[b"X%d: y" % i for i in range(1000)])),
    ("200", query(*[b"X%d: y" % i for i in range(500)])),
    ("200", query(b"Cookie: " + b"a=b; " * 1500)),
    ("200", query(b"X-HTTP-Method-Override: DELETE")),
    ("200", query(b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAAQAAP__")),
    ("200", query(b"Expect: nonsense")),
    ("400", put(b"Expect: nonsense", b"Content-Length: 3", name=b"..")),
    ("416", download(b"Range: bytes=" + b"9-," * 1000 + b"9-")),
    ("206", download(b"Range: bytes=" + b"0-0," * 1000 + b"4-")),
    ("416", download(b"Range: bytes=9-1")),
    ("416", download(b"Range: bytes=-0")),
    ("200", download(b"Range: bytes=18446744073709551616-")),
    ("200", download(b"Range: lines=0-1")),
    ("200", download(b"If-None-Match: " + b'"x", ' * 1200 + b'"y"')),
    ("304", download(b"If-None-Match: " + b'"x", ' * 1200 + b"*")),
    ("200", download(b"If-None-Match: " + b'"' * 3000)),
    ("200", download(b"Want-Repr-Digest: " + b"sha=1," * 1000)),
    # Methods and versions.
    ("405", request(b"TRACE /file/query HTTP/1.1")),
    ("405", request(b"CONNECT /file/query HTTP/1.1")),
    ("400", request(b"CONNECT x:80 HTTP/1.1")),
    ("405", request(b"PROPFIND /file/query HTTP/1.1")),
    ("501", request(b"BREW /file/query HTTP/1.1")),
    ("501", request(b"get /file/query HTTP/1.1")),
    ("501", request(b"G\0T /file/query HTTP/1.1")),
    ("501", request(b" /file/query HTTP/1.1")),
    ("501", request(b"GET\t/file/query HTTP/1.1")),
    ("400", request(b"GET  /file/query HTTP/1.1")),
    ("400", request(b"GET HTTP/1.1")),
    ("400", request(b"GET /file/query HTTP/1.1 x")),
    ("400", request(b"GET /file/query HTTP/1.10")),
    ("400", request(b"GET /file/query http/1.1")),
    ("505", request(b"GET /file/query HTTP/1.2")),
    ("505", request(b"GET /file/query HTTP/0.9")),
    ("400", request(b"GET /file/query")),
    ("", b"GET /file/query\r\n"),
    ("505", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    # Addresses. What climbs out of www/ ends at its top.
    ("200", get(b"http://x/file/query")),
    ("400", get(b"http://evil.example/file/query")),
    ("400", get(b"ftp://x/file/query")),
    ("400", get(b"file/query")),
    ("404", get(b"//evil.example/file/query")),
    ("200", get(b"//file//query")),
    ("200", get(b"/x/../file/./query")),
    ("200", get(b"/f%69le/%71uery")),
    ("400", get(b"/file%2fquery")),
    ("404", get(b"/file/query/")),
    ("404", get(b"/file/query/more")),
    ("404", get(b"/file/querymore")),
    ("404", get(b"/file/query%")),
    ("404", get(b"/../../../../etc/passwd")),
    ("404", get(b"/%2e%2e/%2e%2e/etc/passwd")),
    ("400", get(b"/..%2f..%2fetc/passwd")),
    ("404", get(b"/..\\..\\etc\\passwd")),
    ("404", get(b"/..%5c..%5cetc%5cpasswd")),
    ("400", get(b"/file/query%00")),
    ("400", get(b"/file/query%0d%0aX:%20y")),
    ("400", get(b"/file/query\x01")),
    ("400", get(b"/file/query\xff")),
    ("400", get(b"/file/query%ff")),
    # Queries, and names in them. lighttpd turns "%zz" into "%25zz"; we look at what was sent.
    ("400", get(b"/file/query?q=%00")),
    ("400", get(b"/file/query?q=%0d%0a")),
    ("400", get(b"/file/query?q=%7f")),
    ("400", get(b"/file/query?q=\xff")),
    ("400", get(b"/file/query?q=%ff")),
    ("400", get(b"/file/query?q=%c0%af")),
    ("400", get(b"/file/query?q=%")),
    ("400", get(b"/file/query?q=%2")),
    ("400", get(b"/file/query?q=%zz")),
    ("200", get(b"/file/query?q=%25zz")),
    ("200", get(b"/file/query?%66older=%2F")),
    ("200", get(b"/file/query?" + b"&" * 7000)),
    ("431", get(b"/file/query?" + b"q" * 9000)),
    ("400", put(b"Content-Length: 3", name=b"%2e%2e")),
    ("400", put(b"Content-Length: 3", name=b"a%2fb")),
    ("400", put(b"Content-Length: 3", name=b"a%5Cb")),
    ("400", put(b"Content-Length: 3", name=b"a%zz")),
    ("400", put(b"Content-Length: 3", name=b"%2")),
    # Forms.
    ("400", form(b"Content-Length: 5", body=b"a=%zz")),
    ("400", form(b"Content-Length: 3", body=b"\xff=a")),
    ("413", form(b"Content-Length: 1000000", body=b"a&" * 500000)),
    ("413", form(b"Content-Length: 4000000", body=b"a&" * 2000000)),
    ("415", put(b"Content-Length: 3", b"Content-Type: text/plain").replace(b"PUT", b"POST")),
    ("400", multipart(b"", b"a=b")),
    ("400", multipart(b"; boundary=" + b"b" * 71, b"a=b")),
    ("400", multipart(b"; boundary=b", b"a=b")),
    ("400", multipart(b"; boundary=b", b"--b\r\n" + b"X: y\r\n" * 2000)),
    # Several on one connection: after one that cannot be read nobody knows where the next begins.
    ("200 200 200", stay(query() + query()) + query()),
    ("200 400", stay(query()) + b"BAD\r\n\r\n" + query()),
    ("200 400", stay(query() + query(b"Host: y")) + query()),
    ("400 200", stay(put(b"Content-Length: 3", name=b"..")) + query()),
    ("400 501", stay(put(b"Content-Length: 0", name=b"..")) + query()),
    ("400", form(b"Content-Length: 3", body=b"a=b") + query()),
)


def ask(data, wait=10.0):
    """All that comes back until the server hangs up, or is silent for `wait` seconds."""
    answer = b""
    with socket.create_connection(("127.0.0.1", PORT), timeout=wait) as connection:
        try:
            connection.sendall(data)
            while piece := connection.recv(65536):
                answer += piece
        except (ConnectionError, TimeoutError):
            pass
    return answer


def short(data):
    text = data.replace(AUTH + b"\r\n", b"").replace(CLOSE + b"\r\n", b"")
    return repr(text if len(text) < 200 else text[:120] + b"..." + text[-60:])


bad = 0
for expected, data in ROWS:
    answer = ask(data, 10.0 if expected else 0.5)
    statuses = b" ".join(re.findall(rb"^HTTP/1\.[01] (\d{3}) ", answer, re.M)).decode()
    if statuses != expected:
        print(f"{statuses or 'nothing'}, not {expected or 'nothing'}, for {short(data)}")
        bad += 1
    head, _, body = ask(query()).partition(b"\r\n\r\n")
    entries = [(e["name"], e["size"]) for e in json.loads(body)["entries"]] if b" 200 " in head else head
    if entries != [("kept", 5)]:
        sys.exit(f"{entries} after {short(data)}")
print(f"{len(ROWS)} requests, {bad} answered in another way")
sys.exit(bad > 0)
