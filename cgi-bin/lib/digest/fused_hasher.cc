#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "digest/crc.h"
#include "digest/endian.h"
#include "digest/fused.h"
#include "digest/hasher.h"

namespace coffer {
namespace {

// The kernel takes whole blocks; what is over waits in `partial_` for the bytes that follow.
class FusedHasher : public Hasher {
 public:
  void update(std::string_view bytes) override;
  void finish(Digests& digests) override;

 private:
  std::size_t held() const { return size_ % kBlock; }
  void hold(std::string_view bytes);
  FusedState padded(const std::array<std::uint8_t, 8>& length) const;

  FusedState state_;
  std::array<std::uint8_t, kBlock> partial_;
  std::uint64_t size_ = 0;
  Crcs crcs_;
};

void FusedHasher::hold(std::string_view bytes) {
  if (bytes.empty()) return;
  std::memcpy(partial_.data() + held(), bytes.data(), bytes.size());
  size_ += bytes.size();
}

void FusedHasher::update(std::string_view bytes) {
  auto all = bytes;
  if (held() > 0) {
    auto missing = bytes.substr(0, kBlock - held());
    hold(missing);
    if (held() == 0) fuse(state_, partial_.data(), 1);
    bytes.remove_prefix(missing.size());
  }
  auto whole = bytes.substr(0, bytes.size() / kBlock * kBlock);
  fuse(state_, bytes_of(whole).data(), whole.size() / kBlock);
  size_ += whole.size();
  hold(bytes.substr(whole.size()));
  // Last, because the kernel is slow enough for the processor to fetch ahead of it where another
  // core has just written the bytes; the CRCs would wait for every line of them.
  crcs_.update(all);
}

// The padding of RFC 1321, 3.1 and FIPS 180-4, 5.1.1: a one bit, zeros, and the length.
FusedState FusedHasher::padded(const std::array<std::uint8_t, 8>& length) const {
  std::array<std::uint8_t, 2 * kBlock> tail{};
  std::copy_n(partial_.begin(), held(), tail.begin());
  tail[held()] = 0x80;
  std::size_t blocks = held() + 1 + length.size() <= kBlock ? 1 : 2;
  std::copy(length.begin(), length.end(), tail.begin() + blocks * kBlock - length.size());
  auto state = state_;
  fuse(state, tail.data(), blocks);
  return state;
}

template <std::size_t kWords>
void write(std::uint8_t* digest, const std::array<std::uint32_t, kWords>& words,
           auto bytes_of_word) {
  for (auto word : words) digest = std::ranges::copy(bytes_of_word(word), digest).out;
}

// MD5 and the SHAs write their numbers the other way round, also the length in the last block:
// it goes through the kernel twice, and each time the half that was given nonsense is dropped.
void FusedHasher::finish(Digests& digests) {
  auto md5 = padded(little_endian<8>(size_ * 8)).md5;
  auto sha = padded(big_endian<8>(size_ * 8));
  write(digests.md5.data(), md5, little_endian<4>);
  write(digests.sha1.data(), sha.sha1, big_endian<4>);
  write(digests.sha256.data(), sha.sha256, big_endian<4>);
  crcs_.finish(digests);
}

}  // namespace

Hashers new_fused_hashers() {
  Hashers hashers;
  hashers.push_back(std::make_unique<FusedHasher>());
  return hashers;
}

}  // namespace coffer
