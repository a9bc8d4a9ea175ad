// Numbers as bytes, in the order that a standard asks for.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace coffer {

/// The low `kSize` bytes of `value`, the highest first.
template <std::size_t kSize>
std::array<std::uint8_t, kSize> big_endian(std::uint64_t value) {
  std::array<std::uint8_t, kSize> bytes;
  for (std::size_t i = 0; i < kSize; i++)
    bytes[kSize - 1 - i] = static_cast<std::uint8_t>(value >> 8 * i);
  return bytes;
}

/// The low `kSize` bytes of `value`, the lowest first.
template <std::size_t kSize>
std::array<std::uint8_t, kSize> little_endian(std::uint64_t value) {
  std::array<std::uint8_t, kSize> bytes;
  for (std::size_t i = 0; i < kSize; i++) bytes[i] = static_cast<std::uint8_t>(value >> 8 * i);
  return bytes;
}

}  // namespace coffer
