// ZIP: the records between the files of an archive that is written as it goes out.
//
// PKWARE APPNOTE 6.3.10: members are stored, not compressed; names are UTF-8 (bit 11 of the
// flags); sizes, offsets and counts that do not fit 32 or 16 bits are in ZIP64 records. Sizes and
// CRC-32s are known beforehand, so that no data descriptors follow the members.
//
//   zip_local_header(a), the bytes of a, zip_local_header(b), the bytes of b,
//   zip_central_header(a), zip_central_header(b), zip_end(...)

#pragma once

#include <cstdint>
#include <string>

namespace coffer {

struct ZipMember {
  std::string path;  // of a folder with a slash at its end
  std::uint64_t size = 0;
  std::uint32_t crc32 = 0;
  std::uint64_t modified = 0;  // milliseconds since 1970
  std::uint64_t offset = 0;    // of its local header in the archive
};

std::string zip_local_header(const ZipMember& member);
std::string zip_central_header(const ZipMember& member);

/// What ends an archive of `count` members, whose central headers start at `offset` and have
/// `size` bytes together.
std::string zip_end(std::uint64_t count, std::uint64_t offset, std::uint64_t size);

}  // namespace coffer
