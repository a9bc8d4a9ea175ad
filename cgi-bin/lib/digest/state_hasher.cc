#include "digest/state_hasher.h"

#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "digest/chain.h"
#include "digest/endian.h"

namespace coffer {
namespace {

template <std::size_t kWords>
void write(std::uint8_t* digest, const std::array<std::uint32_t, kWords>& words,
           auto bytes_of_word) {
  for (auto word : words) digest = std::ranges::copy(bytes_of_word(word), digest).out;
}

}  // namespace

// The kernel takes whole blocks; what is over waits in `partial` for the bytes that follow.
StateHasher::StateHasher(Backend backend, const DigestState& state)
    : take_(backend == Backend::fused ? fuse : chain), state_(state) {}

void StateHasher::hold(std::string_view bytes) {
  if (bytes.empty()) return;
  std::memcpy(state_.partial.data() + state_.held(), bytes.data(), bytes.size());
  state_.size += bytes.size();
}

void StateHasher::update(std::string_view bytes) {
  auto all = bytes;
  if (state_.held() > 0) {
    auto missing = bytes.substr(0, kBlock - state_.held());
    hold(missing);
    if (state_.held() == 0) take_(state_.chains, state_.partial.data(), 1);
    bytes.remove_prefix(missing.size());
  }
  auto whole = bytes.substr(0, bytes.size() / kBlock * kBlock);
  take_(state_.chains, bytes_of(whole).data(), whole.size() / kBlock);
  state_.size += whole.size();
  hold(bytes.substr(whole.size()));
  // Last, because the kernel is slow enough for the processor to fetch ahead of it where another
  // core has just written the bytes; the CRCs would wait for every line of them.
  state_.crcs.update(all);
}

// The padding of RFC 1321, 3.1 and FIPS 180-4, 5.1.1: a one bit, zeros, and the length.
FusedState StateHasher::padded(const std::array<std::uint8_t, 8>& length) const {
  std::array<std::uint8_t, 2 * kBlock> tail{};
  std::copy_n(state_.partial.begin(), state_.held(), tail.begin());
  tail[state_.held()] = 0x80;
  std::size_t blocks = state_.held() + 1 + length.size() <= kBlock ? 1 : 2;
  std::copy(length.begin(), length.end(), tail.begin() + blocks * kBlock - length.size());
  auto chains = state_.chains;
  take_(chains, tail.data(), blocks);
  return chains;
}

// MD5 and the SHAs write their numbers the other way round, also the length in the last block:
// it goes through the kernel twice, and each time the half that was given nonsense is dropped.
void StateHasher::finish(Digests& digests) {
  auto md5 = padded(little_endian<8>(state_.size * 8)).md5;
  auto sha = padded(big_endian<8>(state_.size * 8));
  write(digests.md5.data(), md5, little_endian<4>);
  write(digests.sha1.data(), sha.sha1, big_endian<4>);
  write(digests.sha256.data(), sha.sha256, big_endian<4>);
  state_.crcs.finish(digests);
}

Digests digests_at(const DigestState& state) {
  Digests digests;
  StateHasher(best_backend(), state).finish(digests);
  return digests;
}

Hashers new_fused_hashers() {
  Hashers hashers;
  hashers.push_back(std::make_unique<StateHasher>(Backend::fused));
  return hashers;
}

}  // namespace coffer
