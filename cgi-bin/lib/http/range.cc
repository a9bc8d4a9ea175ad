#include "http/range.h"

#include <algorithm>

#include "base/text.h"

namespace coffer {

std::optional<Extent> wanted_extent(const Fields& headers, std::uint64_t size,
                                    std::string_view etag) {
  constexpr std::string_view kUnit = "bytes=";
  std::string_view range = headers.value("range");
  auto same = headers.get("if-range");
  if (lower(range.substr(0, kUnit.size())) != kUnit || (same && *same != etag)) return {};
  range = trim(range.substr(kUnit.size()));
  auto dash = range.find('-');
  if (dash == range.npos) return {};
  auto first = parse_number(range.substr(0, dash)), last = parse_number(range.substr(dash + 1));
  bool suffix = dash == 0, open = dash + 1 == range.size();
  if ((!first && !suffix) || (!last && !open) || (suffix && open)) return {};
  if (suffix) {
    auto length = std::min(*last, size);
    return Extent{.offset = size - length, .length = length};
  }
  if (!open && *last < *first) return {};
  if (*first >= size) return Extent{};
  auto end = open || *last >= size ? size : *last + 1;
  return Extent{.offset = *first, .length = end - *first};
}

}  // namespace coffer
