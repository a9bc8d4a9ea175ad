// DigestState: the five digests half way through a stream, as bytes that can be kept, so that who
// goes on later, after a restart too, need not read what has come before.
//
//   DigestPipe pipe(DigestState{});  …  row.state = encode(pipe.state());
//   DigestPipe pipe(*decode(row.state));

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "digest/crc.h"
#include "digest/fused.h"

namespace coffer {

struct DigestState {
  FusedState chains;
  std::array<std::uint8_t, kBlock> partial{};  // the bytes since the last whole block
  std::uint64_t size = 0;                      // of all so far
  Crcs crcs;

  std::size_t held() const { return size % kBlock; }  // of `partial`
};

/// What the digests are if nothing more comes.
Digests digests_at(const DigestState& state);

/// The chaining values of MD5, SHA-1 and SHA-256, both CRCs, the size (all little endian) and
/// the partial block.
using EncodedState = std::array<std::uint8_t, 4 * (4 + 5 + 8) + 4 + 8 + 8 + kBlock>;

EncodedState encode(const DigestState& state);

/// The state that was encoded so; nothing if `bytes` are of another length.
std::optional<DigestState> decode(std::span<const std::uint8_t> bytes);

}  // namespace coffer
