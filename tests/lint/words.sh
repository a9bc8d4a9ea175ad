#!/bin/sh
# words: each text that people read is in every catalogue, with the same values, and nothing else is.
#
# Texts are what templates say as {{_ … }}, what say() and count() are asked for, the names of
# statuses, and the patterns of errors below 500.
set -eu
cd "$(dirname "$0")/../.."
exec python3 - <<'END_OF_PYTHON'
import pathlib
import re
import sys

STRING = r'"((?:[^"\\\n]|\\.)*)"'
STRINGS = re.compile(STRING + r'(?:\s*' + STRING + ')*')
REFUSALS = ("invalid_argument unauthenticated permission_denied not_found timed_out conflict length_required"
            " precondition_failed too_large locked checksum_mismatch too_many unsupported mismatch").split()
SOURCES = [
    re.compile(r"Errc::(?:" + "|".join(REFUSALS) + r"),\s*(?=\")"),
    re.compile(r"\bbad\((?=\")"),
    re.compile(r"\b(?:say|count)\((?:[\w.]+ \? )?(?=\")"),
    re.compile(r"\bsay\([^;\"]*\"[^\"]*\" : (?=\")"),
    re.compile(r"\{error\.code,\s*(?=\")"),
]

SAME_IN_ALL = {"Coffer", "UTC", "zip", "tar", "SHA-256"}

bad = False


def complain(what):
    global bad
    bad = True
    print("words: " + what, file=sys.stderr)


used = {}
for file in sorted(pathlib.Path("templates").glob("*.html")):
    template = file.read_text()
    for text in re.findall(r"\{\{_ (.*?)\}\}", template):
        used[text] = file
    for text in re.findall(r"[^\W\d_][^\n<]*", re.sub(r"\{\{.*?\}\}|<code>.*?</code>|<[^>]*>", "\n", template)):
        if text.strip(" ·") not in SAME_IN_ALL:
            complain(f"{file} says without a catalogue: {text}")
for file in sorted(pathlib.Path("cgi-bin").rglob("*.cc")):
    if "tools" in file.parts or "workers" in file.parts or "blob" in file.parts:
        continue
    code = file.read_text()
    for source in SOURCES:
        for found in source.finditer(code):
            strings = STRINGS.match(code, found.end())[0]
            text = "".join(re.findall(STRING, strings)).replace('\\"', '"')
            if text:
                used[text] = file
for text in re.findall(r'\{"[a-z-]+", "([A-Z][^"]*)"\},', pathlib.Path("cgi-bin/activity.cc").read_text()):
    used[text] = "cgi-bin/activity.cc"
for title in re.findall(r'return "([A-Z][^"]*)";', pathlib.Path("cgi-bin/lib/http/message.cc").read_text()):
    used[title] = "cgi-bin/lib/http/message.cc"

values = lambda text: sorted(re.findall(r"\[\w+\]", text)) + [text.split("|")[0].count("{}")]
for catalogue in sorted(pathlib.Path("templates").glob("*.txt")):
    pairs = dict(entry.split("\n", 1) for entry in catalogue.read_text().strip("\n").split("\n\n"))
    for text, file in used.items():
        if text not in pairs:
            complain(f"{catalogue} does not have what {file} says: {text}")
        elif values(text) != values(pairs[text]):
            complain(f"{catalogue} has other values in: {text}")
    for text in pairs.keys() - used.keys():
        complain(f"{catalogue} has what nobody says: {text}")
sys.exit(bad)
END_OF_PYTHON
