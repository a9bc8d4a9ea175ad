// Crcs: CRC-32 and CRC-64 of one stream, by Intel's ISA-L (carry-less multiplication).
//
// The check values over "123456789" are cbf43926 and 995dc9bbdf1939fa.

#pragma once

#include <cstdint>
#include <string_view>

#include "digest/digest.h"

namespace coffer {

struct Crcs {
  void update(std::string_view bytes);
  void finish(Digests& digests) const;

  std::uint32_t crc32 = 0;
  std::uint64_t crc64 = 0;
};

}  // namespace coffer
