// Possession: how somebody proves that they have a file's bytes, without sending them.
//
//   auto asked = possession_of(token, size);       // what they are told: a key, and ranges
//   auto proof = prove(asked, [&](ByteRange range) { return stores.open(blob, range); });
//
// The proof is HMAC-SHA-256 (RFC 2104) under the key, of the bytes of all ranges one after the
// other. A digest of the file, which others may know, is of no use for it, and neither is a proof
// for another token. Of a large file only samples are asked for: who has nine tenths of one gets
// through once in 850 times, and who has all but a few bytes, nearly always.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "blob/store.h"

namespace coffer {

struct Possession {
  std::string key;  // 32 raw bytes
  std::vector<ByteRange> ranges;
};

/// Files up to this size are asked for as a whole, larger ones for so many ranges of so many bytes,
/// in order; two may overlap. No byte is less likely to be asked for than the others, not the first
/// or the last one either.
inline constexpr std::uint64_t kWholePossession = 1024 * 1024;
inline constexpr std::size_t kPossessionRanges = 128;
inline constexpr std::uint64_t kPossessionRange = 1024;

/// All of it follows from the token, a random one of ours, so that nothing but the token's digest
/// need be kept.
Possession possession_of(std::string_view token, std::uint64_t size);

/// The proof by the bytes that `bytes` opens, a little at a time. Errc::data_loss if they end
/// before a range does.
Result<Sha256> prove(const Possession& asked, const Opener& bytes);

}  // namespace coffer
