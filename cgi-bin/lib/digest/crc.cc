#include "digest/crc.h"

#include <isa-l/crc.h>
#include <isa-l/crc64.h>

#include "base/text.h"

namespace coffer {
namespace {

template <std::size_t kSize>
std::array<std::uint8_t, kSize> big_endian(std::uint64_t value) {
  std::array<std::uint8_t, kSize> bytes;
  for (std::size_t i = 0; i < kSize; i++)
    bytes[i] = static_cast<std::uint8_t>(value >> 8 * (kSize - 1 - i));
  return bytes;
}

}  // namespace

void Crcs::update(std::string_view bytes) {
  auto data = bytes_of(bytes).data();
  crc32_ = ::crc32_gzip_refl(crc32_, data, bytes.size());
  crc64_ = ::crc64_ecma_refl(crc64_, data, bytes.size());
}

void Crcs::finish(Digests& digests) const {
  digests.crc32 = big_endian<4>(crc32_);
  digests.crc64 = big_endian<8>(crc64_);
}

}  // namespace coffer
