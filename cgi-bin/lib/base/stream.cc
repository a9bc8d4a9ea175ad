#include "base/stream.h"

#include <vector>

namespace coffer {

Result<std::size_t> StringSource::read(std::span<char> buffer) {
  auto n = text_.copy(buffer.data(), buffer.size(), offset_);
  offset_ += n;
  return n;
}

Result<std::uint64_t> copy(Source& from, const Sink& to) {
  std::vector<char> buffer(64 * 1024);
  std::uint64_t total = 0;
  for (;;) {
    auto n = from.read(buffer);
    if (!n) return n.error();
    if (*n == 0) return total;
    if (auto sunk = to({buffer.data(), *n}); !sunk) return sunk.error();
    total += *n;
  }
}

Result<std::string> read_all(Source& from, std::size_t limit) {
  std::string text;
  auto count = copy(from, [&](std::string_view bytes) -> Result<> {
    if (text.size() + bytes.size() > limit)
      return Error{Errc::too_large, "more than {} bytes", {std::to_string(limit)}};
    text += bytes;
    return {};
  });
  if (!count) return count.error();
  return text;
}

}  // namespace coffer
