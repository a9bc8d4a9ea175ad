// Ranges: the part of a file that a request asks for (RFC 9110 §14), where it is not lighttpd that
// sends it.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "http/message.h"

namespace coffer {

/// Bytes from an offset on; none at all if a request asks for what is not there (416).
struct Extent {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

/// The part that Range and If-Range ask for, of `size` bytes with that entity tag. Nothing if all
/// of it is to be sent: there is no range, a malformed one, one of other bytes, or there are
/// several.
std::optional<Extent> wanted_extent(const Fields& headers, std::uint64_t size,
                                    std::string_view etag);

}  // namespace coffer
