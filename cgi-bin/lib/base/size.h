// Sizes as people write them.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace coffer {

/// The bytes of "1500", "10 GB" or "2T": a whole number and, in any case, k M G T or P, in powers
/// of 1,000 as human_size() has them. Nothing if it is not of that form or does not fit 63 bits.
std::optional<std::uint64_t> parse_size(std::string_view text);

}  // namespace coffer
