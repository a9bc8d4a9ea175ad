#include "digest/state.h"

#include <algorithm>

#include "digest/endian.h"

namespace coffer {
namespace {

// Calls `use` with each number of the state and the count of its bytes, in the order of the format.
void for_each_number(auto& state, auto use) {
  for (auto& word : state.chains.md5) use(word, 4);
  for (auto& word : state.chains.sha1) use(word, 4);
  for (auto& word : state.chains.sha256) use(word, 4);
  use(state.crcs.crc32, 4);
  use(state.crcs.crc64, 8);
  use(state.size, 8);
}

}  // namespace

EncodedState encode(const DigestState& state) {
  EncodedState bytes;
  auto to = bytes.begin();
  for_each_number(state, [&](std::uint64_t number, int count) {
    to = std::copy_n(little_endian<8>(number).begin(), count, to);
  });
  std::ranges::copy(state.partial, to);
  return bytes;
}

std::optional<DigestState> decode(std::span<const std::uint8_t> bytes) {
  if (bytes.size() != sizeof(EncodedState)) return {};
  DigestState state;
  for_each_number(state, [&](auto& number, int count) {
    number = 0;
    for (int i = count - 1; i >= 0; i--)
      number = static_cast<std::remove_reference_t<decltype(number)>>(
          number << 8 | bytes[static_cast<std::size_t>(i)]);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  });
  std::ranges::copy(bytes, state.partial.begin());
  return state;
}

}  // namespace coffer
