#!/bin/sh
# layers: includes point down only, and each foreign library is behind one module.
#
# cgi-bin/README.md draws the layers. Programs, tools and workers may include anything of ours.
set -eu
cd "$(dirname "$0")/../../cgi-bin"
status=0
complain() { echo "layers: $*" >&2; status=1; }

# The modules that module $1 may include besides itself.
below() {
	case $1 in
	base) ;;
	digest | sql | net | amqp) echo base ;;
	blob) echo base digest net ;;
	http | view | meta | job) echo base digest sql amqp ;;
	coffer) echo base digest sql amqp http view blob meta job ;;
	*) return 1 ;;
	esac
}
for folder in lib/*/; do
	module=$(basename "$folder")
	allowed=$(below "$module") || { complain "module $module is in no layer"; continue; }
	for used in $(cat "$folder"*.h "$folder"*.cc 2>/dev/null |
		sed -n 's,^#include "\([^/"]*\)[/"].*,\1,p' | sort -u); do
		case " $module $allowed " in
		*" $used "*) ;;
		*) complain "$module must not include $used" ;;
		esac
	done
done

# HEADER FOLDER: a foreign header, by its beginning, and the one place where it is included.
while read -r header folder; do
	others=$(grep -rlE --include='*.cc' --include='*.h' "^ *# *include *[<\"]$header" . |
		grep -vE "^\./($folder)/") || continue
	complain "only $folder may include <$header…>, not" $others
done <<END_OF_TABLE
fcgi                   lib/http
cgicc/                 lib/http
mysql/                 lib/sql
mysql\\.h>             lib/sql
mysqld_error           lib/sql
errmsg                 lib/sql
openssl/               lib/digest
curl/                  lib/net
expat                  lib/net
rados/                 lib/blob
isa-l                  lib/digest
argon2                 lib/digest
kainjow/               lib/view
toml\\+\\+             lib/base
utf8proc               lib/base
CLI/                   tools|workers
vips/                  workers
seccomp                workers
END_OF_TABLE
exit $status
