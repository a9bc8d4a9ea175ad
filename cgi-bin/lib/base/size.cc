#include "base/size.h"

#include "base/text.h"

namespace coffer {

std::optional<std::uint64_t> parse_size(std::string_view text) {
  constexpr std::string_view units = "kmgtp";
  auto rest = lower(trim(text));
  if (rest.ends_with('b')) rest.pop_back();
  std::uint64_t unit = 1;
  if (auto at = rest.empty() ? units.npos : units.find(rest.back()); at != units.npos) {
    for (std::size_t i = 0; i <= at; i++) unit *= 1000;
    rest.pop_back();
  }
  auto number = parse_number(trim(rest));
  if (!number || *number > INT64_MAX / unit) return {};
  return *number * unit;
}

}  // namespace coffer
