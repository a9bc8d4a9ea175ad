# make          build every program into build/
# make run      a whole Coffer on http://127.0.0.1:8080 (PORT=…), its data in var/; Ctrl-C stops it.
#               REPLICA=1 with a second database that follows the first,
#               CEPH=1 with a Ceph to which the mover copies
# make test     every test, plain and sanitized; T=upload those whose name matches, TSAN=1 also
#               those of threads under ThreadSanitizer
# make fuzz     the parsers under libFuzzer, a minute each; T=query one of them, SECONDS=600 longer
# make bench    how fast and how big, against nginx, lighttpd and dd in the same run; B=put one part
# make lint     formatting, layers, templates, SQL
# make api      print the API: the comment at the head of each endpoint
# make format   clang-format over all sources
# make packages install the Debian packages that are missing (conf/packages says what for)
# make clean    remove what make has made; var/ stays
#
# There is no list of sources to edit: a program, and a unit test, is one file and the library.

B ?=
CEPH ?=
PORT ?= 8080
REPLICA ?=
SECONDS ?= 60
CXXFLAGS ?= -O2 -g1
build ?= build

cxxflags := -std=c++20 -Wall -Wextra -Wshadow -Wconversion -Wsuggest-override -Werror -MMD -MP \
            -Icgi-bin/lib -Itests -isystem /usr/include/mysql
ldlibs   := -Wl,--as-needed -lfcgi -lcgicc -lmysqlclient -lcurl -lexpat -lcrypto -lisal -largon2 -lutf8proc \
            -lpthread

library  := $(wildcard cgi-bin/lib/*/*.cc)
programs := $(wildcard cgi-bin/*.cc cgi-bin/workers/*.cc cgi-bin/tools/*.cc)
units    := $(wildcard tests/unit/*_test.cc)
probes   := $(wildcard tests/bench/*.cc)
fuzzers  := $(wildcard tests/fuzz/*.cc)

all: $(programs:%.cc=$(build)/%) www/vendor/sha256.js

# What the browser digests files with. It is not there without npm, and all else works.
www/vendor/sha256.js:
	@cgi-bin/tools/vendor $@

# The compiler's cache, where there is one, makes the second build of a fresh clone quick.
ccache := $(shell command -v ccache)

$(build)/%: $(build)/%.o $(build)/libcoffer.a
	$(CXX) $(LDFLAGS) -o $@ $^ $(ldlibs)

# The unit tests are one program: linking GoogleTest once is most of their cost.
$(build)/tests/units: $(units:%.cc=$(build)/%.o) $(build)/libcoffer.a
	$(CXX) $(LDFLAGS) -o $@ $^ $(ldlibs) -lgtest -lgtest_main

# What decodes pictures is large: one program has it, which lives as long as one picture takes.
pictures := $(build)/cgi-bin/workers/thumbnailer
$(pictures): ldlibs := -lvips -lgobject-2.0 -lglib-2.0 -lseccomp
$(pictures).o: cxxflags += $(subst -I,-isystem ,$(shell pkg-config --cflags vips 2>/dev/null))

# Every build digests at speed: the sanitized one is not optimized otherwise.
$(build)/cgi-bin/lib/digest/%.o: cxxflags += -O2

$(build)/libcoffer.a: $(library:%.cc=$(build)/%.o)
	$(RM) $@ && $(AR) rcs $@ $^

$(build)/%.o: %.cc Makefile
	@mkdir -p $(@D)
	$(ccache) $(CXX) $(CXXFLAGS) $(cxxflags) -c -o $@ $<

units: $(build)/tests/units

# The fuzz targets are built by clang, and so is, once more, what they need of the library.
parsers    := $(filter-out %/config.cc, $(wildcard cgi-bin/lib/base/*.cc)) \
              $(filter-out %/body.cc %/serve.cc, $(wildcard cgi-bin/lib/http/*.cc)) \
              cgi-bin/lib/digest/digest.cc cgi-bin/lib/coffer/place.cc cgi-bin/lib/net/xml.cc
fuzz_flags := -O1 -g1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined

build/fuzz/%.o: %.cc Makefile
	@mkdir -p $(@D)
	$(ccache) clang++ $(fuzz_flags) $(cxxflags) -c -o $@ $<

$(fuzzers:tests/fuzz/%.cc=build/fuzz/%): build/fuzz/%: build/fuzz/tests/fuzz/%.o $(parsers:%.cc=build/fuzz/%.o)
	clang++ $(fuzz_flags) -o $@ $^ $(ldlibs)

fuzzers: $(fuzzers:tests/fuzz/%.cc=build/fuzz/%)

run:
	@cgi-bin/tools/packages run $(if $(CEPH),ceph)
	@$(MAKE) --no-print-directory -s -j$$(nproc) all
	@COFFER_REPLICA=$(REPLICA) COFFER_CEPH=$(CEPH) cgi-bin/tools/run var $(PORT)

test:
	@cgi-bin/tools/packages test ceph
	@tests/run $(T)

fuzz:
	@cgi-bin/tools/packages test
	@$(MAKE) --no-print-directory -s -j$$(nproc) fuzzers
	@for name in $(or $(T), $(fuzzers:tests/fuzz/%.cc=%)); do tests/fuzz/run $$name $(SECONDS) || exit 1; done

bench:
	@cgi-bin/tools/packages bench ceph
	@$(MAKE) --no-print-directory -s -j$$(nproc) all $(probes:%.cc=$(build)/%)
	@tests/bench/run $(B)

lint:
	@for script in tests/lint/*.sh; do $$script || exit 1; done

api:
	@for file in cgi-bin/*.cc; do sed -n '/^$$/q; s,^// \{0\,1\},,p' $$file; echo; done

format:
	clang-format -i $$(git ls-files '*.cc' '*.h')

packages:
	@cgi-bin/tools/packages run test

clean:
	$(RM) -r build www/vendor

.PHONY: all units fuzzers run test fuzz bench lint api format packages clean
.SECONDARY:
-include $(shell find $(build) -name '*.d' 2>/dev/null)
