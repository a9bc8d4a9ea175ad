#!/bin/bash
# Instant uploads, plain ones of the same bytes, deletions for good and sweepers without a grace time,
# all at once: what is acknowledged is bit exact whenever it is asked for, whichever way it came in,
# and a proof that comes too late is refused. A sweeper that is killed or stopped anywhere, and a proof
# that is held while its bytes go, change nothing about that.
#
# RACE=100000 tests/endpoint/t86-instant-race.sh does more of it.
. "$(dirname "$0")/lib.sh"
[[ $build == */?san ]] && many=1000 few=1 || many=10000 few=4
# LeakSanitizer does not work in a program that is traced.
[[ $build != */asan ]] || export ASAN_OPTIONS=detect_leaks=0
user ben
ben=$token
user ann
sed -i 's/^# grace_hours = .*/grace_hours = 0/' "$var/coffer.conf"

# race SCOPE OPERATIONS: so many, by two users' clients.
race() {
	setting upload instant "$1" instant
	PYTHONPATH=tests/endpoint python3 - "$url" "$token" "$ben" "$sweeper" "$var/log/sweeper.log" "$1" "$2" <<'END_OF_PYTHON' || fail "$1: see above"
import collections
import itertools
import json
import random
import subprocess
import sys
import threading

from instant import Client

url, *tokens, sweeper, log, scope, operations = sys.argv[1:]
# So few contents that each is often nobody's, and often somebody's. One is asked for in ranges.
WRITERS = 16
CONTENTS = [b"%d" % n * 2000 for n in range(5)] + [b"large" * 40000]
counts = collections.Counter()
wrong = []
left = itertools.count(int(operations), -1)
racing = threading.Event()
racing.set()


class Writer(threading.Thread):
    def __init__(self, number):
        super().__init__()
        self.random = random.Random(number)
        self.client = Client(url, tokens[number % 2])
        self.name = f"w{number}"
        self.file = None  # its id, and its bytes

    def put(self, content):
        return self.client.ask("PUT", f"/file/upload?name={self.name}", content)

    def instant(self, content):
        return self.client.instant(self.name, content)

    # A refusal leaves what is there; after a 503 nothing may be taken for granted.
    def bring(self, how, refusals):
        content = self.random.choice(CONTENTS)
        status, body = how(content)
        counts[f"{how.__name__} {status}"] += 1
        if status in (200, 201):
            self.file = json.loads(body)["id"], content
            self.check()
        elif status == 503:
            self.file = None
        elif status not in refusals:
            wrong.append(f"{how.__name__} {self.name}: {status} {body}")

    def check(self):
        status, body = self.client.ask("GET", f"/file/download?path=/{self.name}")
        if status != 200 or body != self.file[1]:
            wrong.append(f"{self.name} was acknowledged, and a download says {status}")

    def delete(self):
        id, _ = self.file
        self.file = None
        status, body = self.client.form("/file/delete", id=id, forever=1)
        counts[f"delete {status}"] += 1
        if status not in (200, 503):
            wrong.append(f"deleting {self.name}: {status} {body}")

    def run(self):
        try:
            while not wrong and next(left) > 0:
                what = self.random.random()
                if what < 0.5:
                    self.bring(self.instant, (404,))
                elif what < 0.65:
                    self.bring(self.put, ())
                elif self.file and what < 0.95:
                    self.delete()
                elif self.file:
                    self.check()
            if self.file:
                self.check()
        except Exception as error:
            wrong.append(f"{self.name}: {error!r}")


# One that the database has told three times to give way to others ends there, and says so: the next
# one goes on.
def sweep():
    with open(log, "a") as file:
        while racing.is_set():
            code = subprocess.run([sweeper], stderr=file).returncode
            counts["sweeps" if code == 0 else "sweeps that gave way"] += 1
    if subprocess.run([sweeper], stderr=open(log, "a")).returncode != 0:
        wrong.append("the sweeper fails")


writers = [Writer(number) for number in range(WRITERS)]
sweepers = [threading.Thread(target=sweep)]
for thread in writers + sweepers:
    thread.start()
for thread in writers:
    thread.join()
racing.clear()
sweepers[0].join()
for writer in writers:
    if writer.file and not wrong:
        writer.check()
print(sys.argv[-1], "operations:", *(f"{what}: {count}," for what, count in sorted(counts.items())))
# In the scope of the instance bytes are refused only if they go just then.
for what in ("instant 201", "instant 404", "sweeps"):
    if not counts[what] and (scope, what) != ("instance", "instant 404"):
        wrong.append(f"no {what}")
if counts["sweeps that gave way"] > counts["sweeps"] / 50 + 1:
    wrong.append("too many sweepers give way")
if open(log).read().count("event=failed") != open(log).read().count("Deadlock found"):
    wrong.append("a sweeper has failed for another reason")
print(*wrong, sep="\n", end="\n" if wrong else "")
sys.exit(bool(wrong))
END_OF_PYTHON
	"$coffer" fsck --read >"$tmp/fsck" || fail "$1: $(cat "$tmp/fsck")"
}
race user $((${RACE:-$many} / 2))
race instance $((${RACE:-$many} / 2))

# From here on by one client, at each step of the others. The scope is the instance: so bytes that
# nobody refers to can be asked for until they go.
after() { echo $(($1 + 1 + $1 / few)); }
sweep() { "$sweeper" 2>>"$var/log/sweeper.log" || fail "$what: the sweeper fails"; }
traced_sweep() {
	strace -f -o "$tmp/trace" -e trace="$1" -e inject="$1:$2:when=$3" "$sweeper" 2>>"$var/log/sweeper.log"
}
still() { kill -0 "$1" 2>"$tmp/null"; }
all_well() { "$coffer" fsck --read >"$tmp/fsck" || fail "$what: $(cat "$tmp/fsck")"; }
remove() {
	api POST /file/delete -d id="$id" -d forever=1
	expect_status 200
}
put() {
	api PUT "/file/upload?name=$1" -T "$tmp/bytes"
	[[ $status = 20[01] ]] || fail "$what: $request: $status"
	id=$(json 'd["id"]')
}
unreferenced() {
	put gone
	remove
}
printf 'bytes that come and go' >"$tmp/bytes"
size=$(stat -c %s "$tmp/bytes") sha=$(sha256sum <"$tmp/bytes" | cut -c-64)
field() { sed "s/.*\"$1\":\"\\?\\([^\",]*\\).*/\\1/" "$tmp/body"; }
claim() {
	api POST /file/instant -d "name=$1" -d "size=$size" -d "sha256=$sha"
	expect_status 200
	challenge=$(field challenge)
	proof=$(openssl dgst -sha256 -mac HMAC -macopt hexkey:"$(field key)" "$tmp/bytes" | sed 's/.* //')
}
# Acknowledged and there, now and after the next sweep, or refused.
prove() {
	api POST /file/instant -d "challenge=$challenge" -d "proof=$proof"
	came=$status
	answers+=" $came"
	case $came in
	201) id=$(field id) && is_there "$1" ;;
	404 | 503) ;;
	*) fail "$what: a proof is answered $came" ;;
	esac
}
is_there() {
	api GET "/file/download?path=/$1"
	cmp "$tmp/body" "$tmp/bytes" || fail "$what: $1 was acknowledged and is lost ($status)"
}

# A sweeper is killed as it dooms the bytes, removes them or forgets them, and then a proof comes.
answers=
for call in sendto unlink fsync; do
	for ((n = 1; ; n = $(after $n))); do
		what="a sweeper killed at $call $n"
		unreferenced
		claim killed
		{ ! traced_sweep $call signal=KILL "$n"; } 2>"$tmp/null" || break
		grep -q 'killed by SIGKILL' "$tmp/trace" || fail "$what: it failed by itself"
		prove killed
		all_well
		sweep
		[ "$came" != 201 ] || { is_there killed && remove; }
		sweep
		[ -z "$(find "$var/store/blob" -name "$sha")" ] || fail "$what: bytes are left by the next one"
	done
	[ "$n" -gt 1 ] || fail "a sweeper makes no $call"
done
[[ $answers == *201*404* ]] || fail "killed sweepers had the answers$answers"

# A sweeper is stopped there, and a proof comes: it may have to wait for what the sweeper has locked,
# in vain. When that one has gone on, what was acknowledged is there.
answers=
for call in sendto unlink fsync; do
	for ((n = 1; ; n = $(after $n))); do
		what="a sweeper stopped at $call $n"
		unreferenced
		claim stopped
		: >"$tmp/trace"
		traced_sweep $call signal=STOP "$n" &
		stopped=$!
		until grep -q 'stopped by SIGSTOP' "$tmp/trace"; do
			still $stopped || break 2
			sleep 0.01
		done
		prove stopped
		kill -CONT "$(sed -n 's/ .*stopped by SIGSTOP.*//p' "$tmp/trace")"
		wait $stopped || fail "$what: it fails"
		[ "$came" != 201 ] || { is_there stopped && sweep && is_there stopped && remove; }
		all_well
	done
	[ "$n" -gt 1 ] || fail "a sweeper makes no $call"
done
[[ $answers == *201*404* ]] || fail "stopped sweepers had the answers$answers"

# A proof is held at each word with the database and each look at the bytes, until the last file that
# has them is deleted for good and a sweeper has been there, or both have waited for it long enough.
entered() { [ "$(grep -c "$call(" "$tmp/trace")" -ge "$n" ]; }
answers=
for call in sendto openat; do
	for ((n = 1; ; n = $(after $n))); do
		what="a proof held at $call $n"
		put last
		last=$id
		claim held
		trace "$(serving instant)" -e trace=$call -e inject=$call:delay_enter=30s:when="$n"
		curl -sS -m 60 -o "$tmp/proved" -w '%{http_code}' -H "Authorization: Bearer $token" \
			-d "challenge=$challenge" -d "proof=$proof" "$url/file/instant" >"$tmp/came" &
		held_one=$!
		until entered || ! still $held_one; do sleep 0.01; done
		{ id=$last && remove && sweep; } &
		others=$!
		for ((i = 0; i < 50; i++)); do
			still $others || break
			sleep 0.02
		done
		untrace
		wait $others || fail "$what: the others fail"
		while still $held_one; do sweep; done
		wait $held_one
		came=$(cat "$tmp/came")
		answers+=" $came"
		sweep
		case $came in
		201) is_there held && id=$(sed 's/.*"id":\([0-9]*\).*/\1/' "$tmp/proved") && remove ;;
		404) ;;
		*) fail "$what: it is answered $came" ;;
		esac
		all_well
		entered || break
	done
	[ "$n" -gt 1 ] || fail "nothing is held at $call"
done
[[ $answers == *404* ]] || fail "held proofs had the answers$answers"
