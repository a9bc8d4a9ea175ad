#!/bin/sh
# Includes point down only, and each foreign library is behind one module.
cd "$(dirname "$0")/../../cgi-bin/lib" || exit 1
status=0

allowed() {
	case $1 in
	base) ;;
	digest | sql) echo base ;;
	http) echo base digest ;;
	blob) echo base digest ;;
	meta) echo base digest sql ;;
	view) echo base ;;
	coffer) echo base digest sql http blob meta view ;;
	*) echo "layers: unknown module '$1'" >&2 && exit 1 ;;
	esac
}
for module in *; do
	for used in $(cat "$module"/*.h "$module"/*.cc | sed -n 's,^#include "\([a-z]*\)/.*,\1,p' | sort -u); do
		case " $module $(allowed "$module") " in
		*" $used "*) ;;
		*) echo "layers: $module must not include $used" && status=1 ;;
		esac
	done
done

# HEADER MODULE: where a foreign header may be included.
while read -r header module; do
	for file in $(grep -rl "#include <$header" .. --include='*.h' --include='*.cc'); do
		case $file in
		../lib/$module/* | ../$module/*) ;;
		*) echo "layers: only $module may include <$header>, not $file" && status=1 ;;
		esac
	done
done <<END
fcgi http
cgicc http
mysql sql
errmsg sql
openssl digest
isa-l digest
argon2 digest
kainjow view
toml++ base
utf8proc base
CLI/ tools
END
exit $status
