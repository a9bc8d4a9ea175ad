"""rights.py URL DATABASE NAME=TOKEN... invitation=I <ROUTES: asks every route of the table as
everybody, and says who was answered otherwise than they should be. t57-rights.sh calls it.

ROUTES is what `make api` prints. Where it says id=I, the id is made up of what the test knows by
that name: a file of ann's, whose cloud it is; one of the asker's own; or none at all."""

import fnmatch
import hashlib
import hmac
import http.client
import io
import json
import re
import subprocess
import sys
import tarfile
import urllib.parse

HOST = sys.argv[1].removeprefix("http://")
DATABASE = sys.argv[2]
KNOWN = dict(argument.split("=", 1) for argument in sys.argv[3:])
PASSWORD = "ann has a password"

# What a field names that belongs to somebody: by method, path and action, and by the field.
OWNED = {
    ("POST /user/account end", "id"): "session",
    ("POST /user/account revoke", "id"): "token",
    ("POST /user/account token", "folder"): "folder",
    ("POST /user/admin quota", "name"): "account",
    ("POST /user/admin disable", "name"): "account",
    ("POST /user/admin enable", "name"): "account",
    ("POST /file/update restore", "id"): "trashed",
    ("POST /file/instant", "challenge"): "challenge",
    ("POST /file/resume end", "upload"): "upload",
    ("* /file/*", "id"): "file",
    ("* /file/*", "version"): "version",
    ("* /file/*", "folder"): "folder",
}

# What it says otherwise.
SAID = {
    ("POST /user/account delete", "name"): "ann",
    ("POST /user/signin", "name"): "ann",
    ("POST /user/signin", "password"): PASSWORD,
    ("POST /file/instant", "size"): len("bytes of ann"),
    ("POST /file/instant", "proof"): "",
    ("*", "current"): PASSWORD,
    ("*", "password"): "another long enough",
    ("*", "again"): "another long enough",
    ("*", "invitation"): KNOWN["invitation"],
    ("*", "name"): "new",
    ("*", "q"): "ann",
    ("*", "sha256"): "",
    ("*", "sort"): "size",
    ("*", "order"): "desc",
    ("*", "limit"): "10",
    ("*", "page"): "1",
    ("*", "after"): "",
    ("*", "before"): "999999",
    ("*", "as"): "tar",
    ("*", "label"): "laptop",
    ("*", "access"): "read",
    ("*", "days"): "3",
    ("*", "quota"): "1 GB",
    ("*", "size"): "small",
    ("*", "page"): "1",
    ("*", "next"): "/",
    ("*", "back"): "/",
    ("*", "lang"): "en",
}

# What nobody need be signed in for, and the forms that change nothing and need no token.
GUEST = ("/user/signin", "/user/signup", "/user/language")
HARMLESS = ("POST /file/download", "POST /file/downlaod", "POST /user/language")

# Whose the rows of each table are; those of the others are nobody's.
ROWS = {
    "user": "id = {ann}",
    "session": "user = {ann}",
    "api_token": "user = {ann}",
    "entry": "owner = {ann}",
    "event": "owner = {ann}",
    "upload": "owner = {ann}",
    "resumable": "owner = {ann}",
    "challenge": "owner = {ann}",
    "version": "entry IN (SELECT id FROM entry WHERE owner = {ann})",
}
SHARED = {"blob", "copy", "guess", "invitation", "migration", "remnant", "transfer"}

complaints = []


def complain(*what):
    complaints.append(" ".join(map(str, what)))


def sql(text, *options):
    command = ["cgi-bin/tools/database", "sql", DATABASE, "coffer", "-N", *options]
    return subprocess.run(command, input=text, text=True, errors="backslashreplace", check=True, capture_output=True).stdout


class Answer:
    def __init__(self, reply):
        self.status, self.body = reply.status, reply.read().decode(errors="replace")
        self.headers = [(k, v) for k, v in reply.getheaders() if k not in ("Date", "X-Request-Id")]
        self.said = (self.status, re.sub(r'"request":"[^"]*"', "", self.body), self.headers)

    def header(self, name):
        return dict(self.headers).get(name, "")


def ask(method, path, headers=None, body=None):
    connection = http.client.HTTPConnection(HOST, timeout=60)
    connection.request(method, path, body, {"Content-Length": "0", **(headers or {})} if body is None else headers or {})
    answer = Answer(connection.getresponse())
    connection.close()
    return answer


def look_up(table, key, field):
    return next((value for (keys, name), value in table.items() if name == field and fnmatch.fnmatch(key, keys)), None)


def tar_of(name, data):
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        member = tarfile.TarInfo(name)
        member.size = len(data)
        tar.addfile(member, io.BytesIO(data))
    return archive.getvalue()


TAR = tar_of("f", b"bytes")


class Route:
    """A line of the table, as "POST /file/update  action=rename&id=I&name=N"."""

    def __init__(self, method, target, form):
        self.method = method
        self.path, _, query = target.partition("?")
        self.reads = method in ("GET", "HEAD")
        self.files, self.tar = form == "(a form)", form == "(a tar)"
        form = "folder=F" if self.files else form if "=" in form else ""
        self.fields = urllib.parse.parse_qsl((query or form).replace("...", ""), keep_blank_values=True)
        self.key = " ".join([method, self.path, *(value for name, value in self.fields if name == "action")])
        self.owned = [name for name, value in self.fields if value.isupper() and look_up(OWNED, self.key, name)]

    def fill(self, things):
        """The fields, with `things` for what belongs to somebody, one after the other."""
        things, seen = iter(things), []
        for name, value in self.fields:
            kind = value.isupper() and look_up(OWNED, self.key, name)
            said = look_up(SAID, self.key, name)
            if value.isupper() and kind is None and said is None:
                sys.exit(f"rights.py does not know what '{name}' is in: {self.key}")
            if kind:
                said = next(things)["second " * any(n == name for n, _ in seen) + kind]
            seen.append((name, said if value.isupper() else value))
        return seen

    def ask(self, fields, headers, method=None):
        method = method or self.method
        query, headers, body = urllib.parse.urlencode(fields), dict(headers), None
        if method in ("GET", "HEAD"):
            return ask(method, f"{self.path}?{query}", headers)
        if method == "PUT":
            return ask(method, f"{self.path}?{query}", headers, b"bytes")
        if self.tar and "Content-Type" not in headers:
            return ask(method, f"{self.path}?{query}", headers | {"Content-Type": "application/x-tar"}, TAR)
        kind = headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        body = json.dumps(dict(fields)) if "json" in kind else query
        if self.files and "urlencoded" in kind:
            headers["Content-Type"] = "multipart/form-data; boundary=edge"
            parts = [f'--edge\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in fields]
            parts.append('--edge\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nbytes\r\n--edge--\r\n')
            body = "".join(parts)
        return ask(method, self.path, headers, body.encode())


# What `resume` answers is asked with the headers of its protocol, by tus.py.
ROUTES = [Route(*found) for found in re.findall(r"^  (GET|HEAD|POST|PUT) +(/\S*) *(\(a form\)|\(a tar\)|\S*)", sys.stdin.read(), re.M)
          if not found[1].startswith("/file/resume") or "=" in found[2]]


class Person:
    """Somebody with a token for everything, and a cloud in which there is one of each thing."""

    def __init__(self, name):
        self.name, self.headers = name, {"Authorization": "Bearer " + KNOWN[name]}
        self.things = {}
        for part in ("file", "second file", "trashed", "second trashed"):
            self.things[part] = self.put(f"{name}-{part}", "first")["id"]
        self.put(f"{name}-file", f"bytes of {name}")
        for part in ("trashed", "second trashed"):
            self.post("/file/delete", id=self.things[part])
        self.things |= {
            "version": self.get(f"/file/query?id={self.things['file']}")["versions"][0]["id"],
            "folder": self.post("/file/update", action="folder", name=f"{name}-folder")["id"],
            "token": self.post("/user/account", action="token", label=f"{name}-token")["id"],
        }
        self.claim()
        self.begin()

    def get(self, target):
        return json.loads(ask("GET", target, self.headers).body)

    def post(self, path, **fields):
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return json.loads(ask("POST", path, self.headers | kind, urllib.parse.urlencode(fields)).body)

    def put(self, name, text):
        return json.loads(ask("PUT", f"/file/upload?name={urllib.parse.quote(name)}", self.headers, text.encode()).body)

    def claim(self):
        """A challenge for the bytes of the file, and what answers it: it lives as long as the test."""
        digest = hashlib.sha256(f"bytes of {self.name}".encode()).hexdigest()
        asked = self.post("/file/instant", name=f"{self.name}-claimed", size=len(f"bytes of {self.name}"), sha256=digest)
        self.things["challenge"] = asked["challenge"]
        self.proof = hmac.new(bytes.fromhex(asked["key"]), f"bytes of {self.name}".encode(), "sha256").hexdigest()
        sql("UPDATE challenge SET expires = expires + 3600000")

    def begin(self):
        """An upload that nothing has come of."""
        headers = self.headers | {"Tus-Resumable": "1.0.0", "Upload-Length": "1000"}
        if ask("POST", f"/file/resume?name={self.name}-begun", headers).status != 201:
            sys.exit("an upload cannot be begun")
        self.things["upload"] = self.get("/user/storage")["uploads"][0]["upload"]

    def token(self, **grant):
        made = self.post("/user/account", action="token", label="limited", **grant)
        return made["id"], {"Authorization": "Bearer " + made["token"]}


class Browser:
    """One in which somebody has signed in, or nobody yet: its cookies, and the token of its forms."""

    def __init__(self, name=None):
        self.cookies = {}
        self.csrf = self.page("GET", "/user/signin")
        if name:
            self.page("POST", "/user/signin", {"csrf": self.csrf, "name": name, "password": f"{name} has a password"})
            self.csrf = self.page("GET", "/user/account")
            self.session = next(s["id"] for s in json.loads(ask("GET", "/user/account", self.headers).body)["sessions"] if s["current"])

    @property
    def headers(self):
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}

    def page(self, method, path, form=None):
        headers = {"Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded"}
        answer = ask(method, path, self.headers | headers, form and urllib.parse.urlencode(form).encode())
        self.cookies |= dict(re.findall(r"^([\w-]+)=([^;]*)", value)[0] for name, value in answer.headers if name == "Set-Cookie")
        found = re.search(r'name="csrf" value="([^"]+)"', answer.body)
        return found and found[1]


# The house: ann, whose things they are; ben and the administrator, who have some of their own; and
# whoever holds a token of ann's that is not for everything, or not any more.
ann, ben, admin = (Person(name) for name in ("ann", "ben", "admin"))
desk, bens_desk = Browser("ann"), Browser("ben")
ann.things |= {"session": Browser("ann").session, "account": "spare"}
ben.things |= {"session": Browser("ben").session, "account": "ben"}
admin.things |= {"session": 0, "account": "spare"}
absent = {kind: "nobody" if kind == "account" else 999999 for kind in ann.things}
apart = ann.post("/file/update", action="folder", name="apart")["id"]
expired, old = ann.token(days="1")
sql(f"UPDATE api_token SET expires = UNIX_TIMESTAMP(NOW(3)) * 1000 WHERE id = {expired}")
sql("UPDATE user SET disabled = TRUE WHERE name = 'cat'")
SAID["POST /file/instant", "proof"] = ann.proof
SAID["*", "sha256"] = ann.get(f"/file/query?id={ann.things['file']}")["sha256"]
ASKERS = {
    "nobody": {},
    "a disabled user": {"Authorization": "Bearer " + KNOWN["cat"]},
    "an expired token": old,
    "a token for reading": ann.token(access="read")[1],
    "a token for another folder": ann.token(folder=apart)[1],
    "another user": ben.headers,
    "an administrator": admin.headers,
}
for headers in ASKERS.values():  # when a token was last used is kept to the hour
    ask("GET", "/", headers)
WHO = sql("SELECT id FROM user WHERE name = 'ann'").strip()

tables = set(sql("SHOW TABLES").split())
if tables != ROWS.keys() | SHARED:
    sys.exit(f"rights.py does not know whose the rows are: {tables ^ (ROWS.keys() | SHARED)}")


def dump():
    """All that there is, as statements that bring it back."""
    command = ["mariadb-dump", "--no-defaults", "-S", DATABASE + "/db.sock", "--hex-blob", "--no-create-info", "--skip-triggers",
               "--compact", "--order-by-primary", "--single-transaction", "coffer"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def anns():
    """What is ann's of it."""
    return sql("".join(f"SELECT * FROM `{table}` WHERE {rows.format(ann=WHO)};" for table, rows in ROWS.items()))


def rewind():
    sql("".join(f"DELETE FROM `{table}`;" for table in tables) + before)


before, hers = dump(), anns()


def expected(who, route):
    """The status, or None for success."""
    if route.path in GUEST:
        return None if route.reads or route.key in HARMLESS else 403
    if who in ("nobody", "a disabled user", "an expired token"):
        return 401
    if who == "a token for reading" and not route.reads:
        return 403
    if who == "a token for another folder":
        if route.path.startswith("/user/"):
            return None if route.key == "GET /user/account" else 403
        if ("folder", "trash") in route.fields:
            return 404
        if ("trash", "empty") in route.fields:
            return 403
    if route.path == "/user/admin":
        return None if who == "an administrator" else 404
    if who == "a token for reading":
        return None
    if route.owned:
        return 404
    return {"POST /user/account password": 403, "POST /user/account delete": 400}.get(route.key)


def check(what, answer, status):
    if answer.status != status and not (status is None and answer.status < 400):
        complain(f"{what}: {answer.status}, not {status or 'done'}: {answer.body[:200]}")
    return answer


def unchanged(what, now, then):
    if now != then:
        lines = set(then.splitlines()) ^ set(now.splitlines())
        complain(f"{what} has changed something:", *(line[:300] for line in lines))
        rewind()


def ask_as(who, headers):
    strangers = who in ("a token for another folder", "another user", "an administrator")
    for route in ROUTES:
        what = f"{who}, {route.method} {route.path} {route.fields}"
        status = expected(who, route)
        answer = check(what, route.ask(route.fill([ann.things] * len(route.owned)), headers), status)
        if strangers and "ann-" in answer.body:
            complain(f"{what} shows what is ann's")
        if strangers and status == 404 and route.path != "/user/admin":
            nothing = route.ask(route.fill([absent] * len(route.owned)), headers)
            if answer.said != nothing.said:
                complain(f"{what}: what is another's is {answer.said}, what is not there is {nothing.said}")
        if not route.reads and status is None:
            unchanged(what, anns() if route.path != "/user/admin" else hers, hers)
            rewind()
        # One thing of another's among one's own.
        for i in range(len(route.owned) if who == "another user" and len(route.owned) > 1 else 0):
            things = [ann.things if i == j else ben.things for j in range(len(route.owned))]
            check(f"{what}, of which {i + 1} is ann's", route.ask(route.fill(things), headers), 404)
    unchanged(who, dump(), before)


for who, headers in ASKERS.items():
    ask_as(who, headers)

# A page of another site makes a browser send its cookies, and whatever a form can say.
ATTACKS = {
    "without a token": (None, {}),
    "with the token of another browser": ("foreign", {}),
    "from another site": ("own", {"Origin": "http://evil.example"}),
    "from nowhere": ("own", {"Origin": "null"}),
    "from another site, as Fetch Metadata says": ("own", {"Sec-Fetch-Site": "cross-site"}),
    "as text": (None, {"Content-Type": "text/plain"}),
    "as JSON": (None, {"Content-Type": "application/json"}),
}
guest, other_guest = Browser(), Browser()
for route in ROUTES:
    if route.reads:
        continue
    browser, other = (guest, other_guest) if route.path in GUEST else (desk, bens_desk)
    if route.path == "/user/admin":
        sql(f"UPDATE user SET admin = TRUE WHERE id = {WHO}")
    now = dump()
    fields = route.fill([ann.things] * len(route.owned))
    for attack, (token, headers) in ATTACKS.items():
        if route.key in HARMLESS and token != "own":
            continue
        csrf = {None: [], "own": [("csrf", browser.csrf)], "foreign": [("csrf", other.csrf)]}[token]
        answer = route.ask(fields + csrf, browser.headers | headers)
        if answer.status != 403 and not ("Content-Type" in headers and answer.status in (412, 415)):
            complain(f"{route.key} {attack}: {answer.status} {answer.body[:200]}")
    unchanged(route.key, dump(), now)
    # And with its own token it is done: what was refused was not refused for something else.
    check(f"{route.key} from our page", route.ask(fields + [("csrf", browser.csrf)], browser.headers), None)
    if route.key not in HARMLESS and dump() == now:
        complain(f"{route.key} has no effect that could be prevented")
    rewind()

# Reading changes nothing, whatever it says; and an address answers the methods that the table has.
sql(f"UPDATE user SET admin = TRUE WHERE id = {WHO}")
now = dump()
for route in ROUTES:
    fields = route.fill([ann.things] * len(route.owned)) + [("csrf", desk.csrf)]
    for method in ("GET", "HEAD"):
        answer = route.ask(fields, desk.headers, method)
        if route.reads:
            check(f"{method} {route.path}", answer, None)
unchanged("reading", dump(), now)
for path in {route.path for route in ROUTES} - {"/file/resume"}:
    said = {route.method for route in ROUTES if route.path == path}
    said |= {"HEAD"} if "GET" in said else set()
    for method in sorted({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} - said):
        answer = check(f"{method} {path}", ask(method, path, desk.headers), 405)
    if set(answer.header("Allow").split(", ")) != said:
        complain(f"{path} answers {said}, and says that it does {answer.header('Allow')}")
unchanged("a method that is not there", dump(), now)

# The table has all that there is: each row of the web server's, and each action.
rows = re.findall(r'^\$HTTP\["url"\] (==|=~) "(.*?)" +{ fastcgi', open("conf/lighttpd.conf").read(), re.M)
fits = {"==": lambda row, path: row == path, "=~": re.search}
for how, row in rows:
    if not row.startswith("^/file/resume") and not any(fits[how](row, route.path) for route in ROUTES):
        complain(f"no head of a program says what {row} answers")
for path in sorted({route.path for route in ROUTES}):
    if not any(fits[how](row, path) for how, row in rows):
        complain(f"no row of conf/lighttpd.conf is for {path}")
    actions = {route.key.split()[2] for route in ROUTES if route.path == path and len(route.key.split()) > 2}
    if actions:
        answer = ask("POST", path, desk.headers | {"Content-Type": "application/x-www-form-urlencoded"},
                     urllib.parse.urlencode({"csrf": desk.csrf, "action": "nothing"}).encode())
        there = set(re.findall(r"[a-z-]+", json.loads(answer.body)["detail"].partition(" is ")[2])) - {"or"}
        if there != actions:
            complain(f"{path} has the actions {there}, and {actions} in the table")

print(*complaints, f"{len(ROUTES)} routes, {len(ASKERS)} askers: {len(complaints)} complaints", sep="\n")
sys.exit(bool(complaints) or len(ROUTES) < 40)
