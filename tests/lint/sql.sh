#!/bin/sh
# sql: statements are constants, beside the functions that run them, and never put together.
#
# A string with SQL in it is the whole value of a `constexpr char kName[]` (or of a table of such,
# or part of a #define), in lib/meta, lib/sql or coffer-fsck. Neither it nor its name meets a + or
# a << or a format().
set -eu
cd "$(dirname "$0")/../../cgi-bin"
exec python3 - <<'END_OF_PYTHON'
import pathlib
import re
import sys

STATEMENT = re.compile(r"\b(SELECT|INSERT|UPDATE|DELETE FROM|REPLACE INTO)\b")
TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S)
CONSTANT = re.compile(r"\bconstexpr\s+[\w:]+\s+(k\w+)(\[\w*\])?\s*[={][^();]*$")
GLUE = r"\+|<<|format_to|format"
HOME = re.compile(r"lib/meta/|lib/sql/|tools/coffer-fsck\.cc$")

bad = False


def complain(file, text, at, what):
    global bad
    bad = True
    print(f"sql: {file}:{text.count(chr(10), 0, at) + 1}: {what}", file=sys.stderr)


for file in sorted(map(str, pathlib.Path(".").rglob("*"))):
    if not file.endswith((".cc", ".h")):
        continue
    text = pathlib.Path(file).read_text()
    # Comments and strings become blanks, so that what is left is the code around them.
    code = TOKEN.sub(lambda token: re.sub(r"[^\n]", " ", token[0]), text)
    names = set()
    for token in TOKEN.finditer(text):
        if token[0][0] not in '"R' or not STATEMENT.search(token[0]):
            continue
        at = token.start()
        if not HOME.search(file):
            complain(file, text, at, "SQL belongs into lib/meta")
        line = re.search(r"(?:[^\n]*\\\n)*[^\n]*$", code[:at])[0]
        if line.lstrip().startswith("#define"):
            continue
        constant = CONSTANT.search(code, code.rfind(";", 0, at) + 1, at)
        if not constant:
            complain(file, text, at, "SQL that is no constant")
            continue
        names.add(constant[1])
        if re.search(GLUE, code[constant.start():code.find(";", at)]):
            complain(file, text, at, "SQL that is put together")
    for name in names:
        for use in re.finditer(rf"(\+|<<|format(_to)?\([^;]*)\s*(\w+::)*\w*\(?{name}\b|\b{name}\)?\s*(\+|<<)", code):
            complain(file, text, use.start(), f"{name} is put together with something")
sys.exit(bad)
END_OF_PYTHON
