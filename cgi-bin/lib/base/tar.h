// TAR: the blocks between the files of an archive that is written as it goes out.
//
// POSIX.1-2001 pax interchange format: a ustar header, and before it an extended one where the
// path is longer than 100 bytes or not ASCII, or the file has 8 GiB or more.
//
//   tar_header(a), the bytes of a, tar_padding(a.size), ..., tar_end()

#pragma once

#include <cstdint>
#include <string>

namespace coffer {

struct TarMember {
  std::string path;  // of a folder with a slash at its end
  std::uint64_t size = 0;
  std::uint64_t modified = 0;  // milliseconds since 1970
};

std::string tar_header(const TarMember& member);

/// What fills the last block of a file of `size` bytes.
std::string tar_padding(std::uint64_t size);

/// What ends an archive.
std::string tar_end();

}  // namespace coffer
