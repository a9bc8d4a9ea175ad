#!/bin/sh
# reach: what a request names is looked up by coffer/locate.h, which knows how far a token reaches.
#
# So no program makes an entry's id of its own out of a number, or asks for somebody's whole tree:
# the way to an entry is path_of(), and what a search has found goes through reachable().
set -eu
cd "$(dirname "$0")/../../cgi-bin"
status=0
! grep -nE 'EntryId ?(\w+ ?)?[{(][^})]' ./*.cc || status=1
! grep -nE '\bfind_path\(' ./*.cc || status=1
for file in $(grep -lE '\b(search_entries|find_by_digest)\(' ./*.cc); do
	grep -q '\breachable(' "$file" || { echo "reach: $file hands out what it has found unchecked" >&2; status=1; }
done
exit $status
