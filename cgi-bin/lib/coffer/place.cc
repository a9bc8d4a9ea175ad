#include "coffer/place.h"

#include "base/name.h"
#include "base/text.h"

namespace coffer {
namespace {

std::string number(auto value) { return std::to_string(static_cast<std::uint64_t>(value)); }

}  // namespace

// "id.time.size.trashed.name", in base64url.
std::string place_of(const Entry& entry) {
  std::string text = number(entry.id) + "." + number(entry.modified) + "." + number(entry.size) +
                     "." + number(entry.trashed.value_or(Time{})) + "." + entry.name;
  return base64url(bytes_of(text));
}

std::optional<Entry> read_place(std::string_view text) {
  auto bytes = unbase64url(text);
  if (!bytes) return {};
  auto rest = text_of(*bytes);
  std::uint64_t numbers[4] = {};
  for (auto& number : numbers) {
    auto dot = rest.find('.');
    auto value = parse_number(rest.substr(0, dot));
    if (dot == rest.npos || !value) return {};
    number = *value;
    rest.remove_prefix(dot + 1);
  }
  if (!is_utf8(rest)) return {};
  Entry entry;
  entry.id = EntryId{numbers[0]};
  entry.modified = Time{numbers[1]};
  entry.size = numbers[2];
  entry.trashed = Time{numbers[3]};
  entry.name = rest;
  return entry;
}

}  // namespace coffer
