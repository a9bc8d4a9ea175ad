// Forms: the small ones, and queries and cookies, which are read whole. File bytes never
// come this way: http/multipart.h streams them.

#pragma once

#include <string_view>

#include "http/message.h"

namespace coffer {

/// The most bytes and fields of a form: enough for thousands of ids.
inline constexpr std::size_t kMostFormBytes = 1024 * 1024;
inline constexpr std::size_t kMostFields = 10'000;

/// Decodes application/x-www-form-urlencoded text, such as a query. Errc::invalid_argument for
/// a bad percent sign or for text that is not UTF-8, Errc::too_large for too many fields.
Result<Fields> parse_query(std::string_view text);

/// Decodes a Cookie header (RFC 6265). What is malformed in it is left out.
Fields parse_cookies(std::string_view text);

/// Whether the body says that it is urlencoded.
bool is_urlencoded(const Request& request);

/// Reads a form, urlencoded or multipart without files. Errc::too_large, Errc::unsupported.
Result<Fields> read_form(Request& request);

}  // namespace coffer
