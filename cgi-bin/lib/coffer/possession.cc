#include "coffer/possession.h"

#include <algorithm>

#include "base/text.h"
#include "digest/hash.h"

namespace coffer {
namespace {

constexpr std::uint64_t kSlice = 128 * 1024;  // bytes that are in memory at a time

// A number below `end`. Taking the remainder favours some by less than one in ten thousand, as
// long as files have less than a petabyte.
std::uint64_t number_below(std::uint64_t end, std::string_view token, std::size_t index) {
  auto random = hmac_sha256(token, "range " + std::to_string(index));
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < sizeof number; i++) number = number << 8 | random[i];
  return number % end;
}

}  // namespace

Possession possession_of(std::string_view token, std::uint64_t size) {
  Possession asked{.key = std::string(text_of(hmac_sha256(token, "key"))), .ranges = {}};
  if (size == 0) return asked;
  if (size <= kWholePossession) {
    asked.ranges.push_back({0, size});
    return asked;
  }
  // A range may begin before the file or end behind it, and is then moved into it: otherwise the
  // first byte and the last would be in one range only of all that there are.
  constexpr std::uint64_t kBefore = kPossessionRange - 1;
  for (std::size_t i = 0; i < kPossessionRanges; i++) {
    auto at = std::max(number_below(size + kBefore, token, i), kBefore) - kBefore;
    asked.ranges.push_back({std::min(at, size - kPossessionRange), kPossessionRange});
  }
  std::ranges::sort(asked.ranges, {}, &ByteRange::offset);
  return asked;
}

Result<Sha256> prove(const Possession& asked, const Opener& bytes) {
  Hmac code(asked.key);
  for (auto [offset, length] : asked.ranges)
    while (length > 0) {
      ByteRange slice{offset, std::min(length, kSlice)};
      auto source = bytes(slice);
      if (!source) return source.error();
      auto part = read_all(**source, slice.length);
      if (!part) return part.error();
      if (part->size() != slice.length)
        return Error{Errc::data_loss, "a copy ends before its blob does"};
      code.update(*part);
      offset += slice.length;
      length -= slice.length;
    }
  return code.finish();
}

}  // namespace coffer
