// Digests: the five that every blob has, computed in one pass over its bytes.
//
//   Digester digester;
//   copy(body, [&](auto bytes) { digester.update(bytes); return file.append(bytes); });
//   Digests digests = digester.finish();
//   hex(digests.sha256);   // "9f86d081884c7d65..."
//
// SHA-256 (FIPS 180-4) is the blob's name. SHA-1 (FIPS 180-4), MD5 (RFC 1321), CRC-32 (IEEE
// 802.3, as in zip and gzip) and CRC-64/XZ (ECMA-182 reflected, which Alibaba's OSS reports as
// x-oss-hash-crc64ecma) are there for others to check against, and identify nothing.

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace coffer {

using Sha256 = std::array<std::uint8_t, 32>;
using Sha1 = std::array<std::uint8_t, 20>;
using Md5 = std::array<std::uint8_t, 16>;
using Crc64 = std::array<std::uint8_t, 8>;  // both CRCs in network byte order,
using Crc32 = std::array<std::uint8_t, 4>;  // so that their hex reads as people write it

struct Digests {
  Sha256 sha256{};
  Sha1 sha1{};
  Md5 md5{};
  Crc32 crc32{};
  Crc64 crc64{};

  bool operator==(const Digests&) const = default;
};

enum class Algorithm { sha256, sha1, md5, crc32, crc64 };

inline constexpr std::array kAlgorithms{Algorithm::sha256, Algorithm::sha1, Algorithm::md5,
                                        Algorithm::crc32, Algorithm::crc64};

/// "sha256", "sha1", "md5", "crc32", "crc64": the names of our fields, columns and options.
std::string_view name_of(Algorithm algorithm);

/// "SHA-256", "SHA-1", "MD5", "CRC-32", "CRC-64/XZ": as people write them.
std::string_view title_of(Algorithm algorithm);

/// The algorithm of that name, or nothing.
std::optional<Algorithm> algorithm_named(std::string_view name);

/// How many bytes a digest of that algorithm has.
std::size_t size_of(Algorithm algorithm);

/// One of the five.
std::span<const std::uint8_t> digest_of(const Digests& digests, Algorithm algorithm);

}  // namespace coffer
