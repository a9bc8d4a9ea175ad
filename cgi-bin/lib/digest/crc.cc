#include "digest/crc.h"

#include <isa-l/crc.h>
#include <isa-l/crc64.h>

#include "base/text.h"
#include "digest/endian.h"

namespace coffer {

void Crcs::update(std::string_view bytes) {
  auto data = bytes_of(bytes).data();
  crc32 = ::crc32_gzip_refl(crc32, data, bytes.size());
  crc64 = ::crc64_ecma_refl(crc64, data, bytes.size());
}

void Crcs::finish(Digests& digests) const {
  digests.crc32 = big_endian<4>(crc32);
  digests.crc64 = big_endian<8>(crc64);
}

}  // namespace coffer
