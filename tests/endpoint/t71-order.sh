#!/bin/bash
# A 2xx to an upload is sent after its bytes are safe: every byte is in the staging file, that very
# file synced, linked to the blob's name, the name's folder synced, the transaction committed, and
# only then comes the status line. Many files may be synced together. strace watches the program do it.
. "$(dirname "$0")/lib.sh"
user ann

# in_order FILES: holds the rule against $tmp/trace, the log of one upload of so many files. With
# `seeded` after it, also against copies of the log that each have one thing wrong, which must all
# be found out.
in_order() {
	python3 - "$tmp/trace" "$@" <<'END_OF_PYTHON'
import dataclasses
import os
import re
import sys

LINE = re.compile(r"(\d+) +(?:<\.\.\. )?(\w+)(?: resumed>|\()(.*)")


@dataclasses.dataclass
class Call:
    began: int  # the line of the log where it was entered,
    ended: int  # and where it returned
    name: str
    text: str

    @property
    def file(self):  # of its descriptor
        found = re.match(r"\d+<([^>]*)>", self.text)
        return found[1] if found else ""

    @property
    def failed(self):
        return "= -1 " in self.text

    def is_write(self):
        return self.name in ("write", "pwrite64", "writev", "ftruncate") and "/staging/" in self.file

    # By itself, or with all else that is on the disk.
    def is_sync(self, file):
        if self.name == "syncfs":
            return self.file.endswith("/staging")
        return self.name in ("fsync", "fdatasync") and self.file == file

    def is_link(self):
        return self.name.startswith(("link", "rename")) and "/blob/" in self.target()

    def source(self):
        return re.findall(r'"(/[^"]*)"', self.text)[0]

    def target(self):
        return re.findall(r'"(/[^"]*)"', self.text)[-1]

    def is_commit(self):
        return self.name == "sendto" and "COMMIT" in self.text

    def is_reply(self):
        return self.name == "recvfrom" and not self.failed

    def is_answer(self):
        return self.name == "write" and "Status: 2" in self.text


def read(file):
    calls, entered = [], {}
    for at, line in enumerate(open(file, errors="replace")):
        found = LINE.match(line)
        if not found:
            continue
        thread, name, text = found.groups()
        if "resumed>" in line:
            call = entered.pop((thread, name))
            call.ended, call.text = at, call.text.replace("<unfinished ...>", "") + text
            continue
        calls.append(Call(at, at, name, text))
        if "<unfinished" in text:
            entered[thread, name] = calls[-1]
    return calls


# What is wrong, or nothing.
def complaint(calls, files):
    def some(found, after, before):
        return any(c for c in calls if found(c) and c.began > after and c.ended < before)

    answers = [c for c in calls if c.is_answer()]
    commits = [c for c in calls if c.is_commit()]
    links = [c for c in calls if c.is_link()]
    if len(answers) != 1 or not commits:
        return "no commit, or not one answer"
    if len({link.target() for link in links}) != files:
        return f"{len(links)} names, not {files}"
    answer = answers[0]
    if not some(Call.is_reply, commits[-1].ended, answer.began):
        return "the status line before the database's answer to COMMIT"
    for call in calls:
        if call.failed and call.name in ("fsync", "fdatasync", "syncfs", "write", "sendto"):
            return f"a 2xx in spite of a failed {call.name}"
        if call.is_write() and call.file not in [link.source() for link in links]:
            return "bytes in a file that is linked to no name"
    for link in links:
        writes = [c for c in calls if c.is_write() and c.file == link.source()]
        folder = os.path.dirname(link.target())
        commit = next((c for c in commits if c.began > link.ended), None)
        if not commit:
            return "no COMMIT after a name"
        if not writes:
            return "a name for a file without bytes"
        if not some(lambda c: c.is_sync(link.source()), writes[-1].ended, link.began):
            return "the name before the file's sync, or no sync after the last byte"
        if not some(lambda c: c.is_sync(folder), link.ended, commit.began):
            return "COMMIT before the folder's sync"
        # What is reserved is committed before the first byte, and the files after the last sync.
        if some(Call.is_commit, writes[0].began, link.ended):
            return "COMMIT among the writes"
    return None


# The log with a call left out, put before another, or changed.
def without(calls, which):
    return [c for c in calls if not which(c)]


def moved(calls, which, before):
    call = next(c for c in calls if which(c))
    rest = [c for c in calls if c is not call]
    at = next(i for i, c in enumerate(rest) if before(c))
    return rest[:at] + [call] + rest[at:]


def changed(calls, which, old, new):
    return [dataclasses.replace(c, text=re.sub(old, new, c.text)) if which(c) else c for c in calls]


def seeds(calls):
    link = next(c for c in calls if c.is_link())
    commit = next(c for c in calls if c.is_commit())
    is_file = lambda c: c.is_sync(link.source()) and c.ended < link.began
    is_folder = lambda c: c.is_sync(os.path.dirname(link.target())) and c.began > link.ended
    yield "no sync of the file", without(calls, is_file)
    yield "no sync of the folder", without(calls, is_folder)
    yield "no name", without(calls, Call.is_link)
    yield "no COMMIT", without(calls, Call.is_commit)
    yield "the sync before the bytes", moved(calls, is_file, Call.is_write)
    yield "the name before the sync", moved(calls, Call.is_link, is_file)
    yield "the folder's sync before the name", moved(calls, is_folder, Call.is_link)
    yield "COMMIT before the folder's sync", moved(calls, Call.is_commit, is_folder)
    yield "COMMIT before the bytes", moved(calls, Call.is_commit, Call.is_write)
    yield "the answer before COMMIT", moved(calls, Call.is_answer, Call.is_commit)
    yield "the answer before the reply to COMMIT", without(
        calls, lambda c: c.is_reply() and c.began > commit.began
    )
    yield "a sync of another file", changed(calls, is_file, r"<[^>]*>", "</another>")
    yield "a sync of another folder", changed(calls, is_folder, r"<[^>]*>", "</another>")
    yield "a failed sync of the file", changed(calls, is_file, r"= 0", "= -1 EIO")
    yield "a failed sync of the folder", changed(calls, is_folder, r"= 0", "= -1 EIO")


def main(file, files, seeded=None):
    calls = read(file)
    wrong = complaint(calls, int(files))
    if wrong:
        sys.exit(wrong)
    for what, log in seeds(calls) if seeded else ():
        log = [dataclasses.replace(c, began=at, ended=at) for at, c in enumerate(log)]
        if not complaint(log, int(files)):
            sys.exit(f"the rule does not see {what}")


main(*sys.argv[1:])
END_OF_PYTHON
}

# watched STATUS FILES METHOD PATH CURL_ARG...: an upload under strace.
watched() {
	trace "$(serving upload)" -yy -s 32 \
		-e trace=write,pwrite64,writev,ftruncate,fsync,fdatasync,syncfs,link,linkat,rename,renameat,renameat2,sendto,recvfrom
	api "${@:3}"
	await 'write(2<.*"upload method=' "$tmp/trace"  # what it logs when all is done
	untrace
	expect_status "$1"
	in_order "$2" ${seeded:+seeded} || fail "$request: the order is broken; its calls: $(cat "$tmp/trace")"
}

head -c 4000 /dev/urandom >"$tmp/small"
head -c $((3 << 20)) /dev/urandom >"$tmp/large"
printf 'one of two' >"$tmp/one"
printf 'two of two' >"$tmp/two"

seeded=1 watched 201 1 PUT '/file/upload?name=small' -T "$tmp/small"
watched 201 1 PUT '/file/upload?name=large' -T "$tmp/large"
watched 201 2 POST /file/upload -F "file=@$tmp/one" -F "file=@$tmp/two"

# Bytes that are there already are synced and linked all the same: who linked them first may not
# have come to syncing the folder.
watched 201 1 PUT '/file/upload?name=again' -T "$tmp/small"
# A replacement, and the same bytes under the same name.
watched 200 1 PUT '/file/upload?name=again' -T "$tmp/one"
watched 200 1 PUT '/file/upload?name=again' -T "$tmp/one"

# Many at once share a sync of their bytes, one of their names, and a COMMIT: in an archive all of a
# group, the first of which is not waited for by the next, and in a form those after the first few.
few=() members=()
for ((i = 0; i < 7; i++)); do
	head -c 2000 /dev/urandom >"$tmp/few$i"
	few+=(-F "file=@$tmp/few$i")
done
for ((i = 0; i < 600; i++)); do echo "member $i" >"$tmp/member$i" && members+=("member$i"); done
watched 201 7 POST /file/upload "${few[@]}"
tar -C "$tmp" --transform 's/few/seven/' -cf "$tmp/few.tar" small few{1..6}
tar -C "$tmp" -cf "$tmp/many.tar" "${members[@]}" large
seeded=1 watched 201 7 POST /file/upload -H 'Content-Type: application/x-tar' --data-binary "@$tmp/few.tar"
watched 201 601 POST /file/upload -H 'Content-Type: application/x-tar' --data-binary "@$tmp/many.tar"
