// condition: the tags of a condition are those of our files that are written in it, and no others.

#include "http/condition.h"

#include "base/text.h"
#include "fuzz/fuzz.h"

using namespace coffer;

void fuzz(std::string_view input) {
  auto tags = parse_tags(input);
  if (!tags) return;
  must(!tags->any || tags->sha256s.empty());
  must(tags->any || !tags->match(Sha256{}) || input.find(std::string(64, '0')) != input.npos);
  for (const Sha256& sha256 : tags->sha256s) {
    must(lower(input).find(etag_of(sha256)) != input.npos);
    auto again = parse_tags(etag_of(sha256));
    must(again && again->match(sha256) && again->sha256s.size() == 1);
    must(bool(check_if_match({{"if-match", std::string(input)}}, sha256)));
  }
}
