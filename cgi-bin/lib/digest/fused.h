// The fused kernel: MD5, SHA-1 and SHA-256 of the same blocks at the time of MD5 alone.
//
// Each of the three is a chain in which every step waits for the one before, so a processor
// that runs them one after the other spends most of its time waiting. Here their steps lie side by
// side in one stream of instructions, and the processor works on all three chains at once.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace coffer {

/// The chaining values of the three, at first those that their standards begin with.
struct FusedState {
  std::array<std::uint32_t, 4> md5{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  std::array<std::uint32_t, 5> sha1{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  std::array<std::uint32_t, 8> sha256{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
};

constexpr std::size_t kBlock = 64;  // bytes; the same for all three

/// Whether this processor has the SHA extensions.
bool can_fuse();

/// Takes `count` blocks into `state`. Only where can_fuse().
void fuse(FusedState& state, const std::uint8_t* blocks, std::size_t count);

}  // namespace coffer
