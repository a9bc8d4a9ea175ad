#include "http/condition.h"

#include <algorithm>

#include "base/text.h"

namespace coffer {

std::string etag_of(const Sha256& sha256) { return '"' + hex(sha256) + '"'; }

bool Tags::match(const Sha256& sha256) const {
  return any || std::find(sha256s.begin(), sha256s.end(), sha256) != sha256s.end();
}

Result<Tags> parse_tags(std::string_view text) {
  Tags tags;
  if (trim(text) == "*") {
    tags.any = true;
    return tags;
  }
  for (auto tag : split(text, ',')) {
    bool weak = tag.starts_with("W/");
    if (weak) tag.remove_prefix(2);
    if (tag.size() < 2 || !tag.starts_with('"') || !tag.ends_with('"'))
      return Error{Errc::invalid_argument, "an entity tag is written in double quotes"};
    auto digest = unhex(tag.substr(1, tag.size() - 2));
    if (weak || !digest || digest->size() != Sha256{}.size()) continue;
    std::copy(digest->begin(), digest->end(), tags.sha256s.emplace_back().begin());
  }
  return tags;
}

Result<> check_if_match(const Fields& headers, const Sha256& sha256) {
  auto text = headers.get("if-match");
  if (!text) return {};
  auto tags = parse_tags(*text);
  if (!tags) return tags.error();
  if (tags->match(sha256)) return {};
  return Error{Errc::precondition_failed, "the file is not what it was: someone changed it"};
}

}  // namespace coffer
