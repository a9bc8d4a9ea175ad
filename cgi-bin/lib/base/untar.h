// Untar: an archive as it streams in, member by member.
//
//   Untar archive(body);
//   while (auto member = archive.next(); member && *member)
//     copy(archive, ...);   // the bytes of that member
//
// Reads POSIX.1-1988 ustar and POSIX.1-2001 pax, whose global headers are passed over, and of GNU's
// format the long names and large numbers. Takes 128 KiB of memory, whatever the archive's size,
// and a path and records of 64 KiB at most.

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/stream.h"

namespace coffer {

struct UntarMember {
  /// Links, devices and pipes are `special`; `unknown` is a type that no standard has, or one that
  /// only a program for backups can read. None of these gives bytes.
  enum class Kind { file, folder, special, sparse, unknown } kind = Kind::file;
  std::string path;  // as the archive has it: unchecked
  std::uint64_t size = 0;
  std::vector<std::pair<std::string, std::string>> records;  // of its extended header
};

class Untar : public Source {
 public:
  explicit Untar(Source& body);

  /// Goes to the next member, over what was not read of this one; nothing at the archive's end.
  /// Errc::invalid_argument if the archive is damaged or ends in the middle.
  Result<std::optional<UntarMember>> next();

  /// The bytes of the member next() went to.
  Result<std::size_t> read(std::span<char> buffer) override;

  /// How many bytes of the body have been taken apart.
  std::uint64_t offset() const { return offset_; }

 private:
  Result<std::size_t> take(std::span<char> buffer);
  Result<> skip(std::uint64_t bytes);
  Result<bool> read_block(std::span<char> block);
  Result<std::string> read_text(std::uint64_t size);
  Result<> read_extended(std::uint64_t size, UntarMember& member,
                         std::optional<std::uint64_t>& its_size);
  Result<> skip_sparse_map(const char* header);
  Result<> begin_member(std::span<const char> header, std::uint64_t size, UntarMember& member);

  Source& body_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t offset_ = 0;
  std::uint64_t left_ = 0;     // of the member's bytes
  std::uint64_t padding_ = 0;  // after them
};

}  // namespace coffer
