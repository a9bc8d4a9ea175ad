// The kernel of fused.h where there are no SHA instructions: OpenSSL's, one after the other.

#pragma once

#include "digest/fused.h"

namespace coffer {

/// Takes `count` blocks into `state`.
void chain(FusedState& state, const std::uint8_t* blocks, std::size_t count);

}  // namespace coffer
