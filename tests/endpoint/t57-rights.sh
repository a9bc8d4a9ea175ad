#!/bin/bash
# rights: every route of `make api`, asked by everybody: who may not is refused, in the same words
# for what is another's and for what is not there, and nothing has changed. A page of another site,
# which has the cookies and not the token of a form, changes nothing either, and neither does a GET.
# rights.py makes the requests from the route table: a new route is asked too, or fails the test.
. "$(dirname "$0")/lib.sh"
signup invited

for name in ann ben cat spare; do
	user "$name"
	printf '%s has a password\n' "$name" | "$coffer" user passwd "$name" --stdin
	declare "$name=$token"
done
admin=$("$coffer" user token admin)
invitation=$("$coffer" user invite 2>/dev/null | sed 's/.*invitation=//')

# shellcheck disable=SC2154
make -s api | python3 tests/endpoint/rights.py "$url" "$var/db" \
	"ann=$ann" "ben=$ben" "cat=$cat" "admin=$admin" "invitation=$invitation" || fail 'see above'
"$coffer" fsck >/dev/null || fail 'fsck finds something'
