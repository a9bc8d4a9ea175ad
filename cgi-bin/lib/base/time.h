// Times as people and programs read them. Coffer's are milliseconds since 1970, UTC.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/language.h"

namespace coffer {

/// "2026-11-23T09:30:00.125Z" (RFC 3339).
std::string iso_time(std::uint64_t ms);

/// "23 Nov 2026, 09:30", or "2026年11月23日 09:30".
std::string written_time(Language language, std::uint64_t ms);

/// "Mon, 23 Nov 2026 09:30:00 GMT" (RFC 9110 §5.6.7).
std::string http_time(std::uint64_t ms);

/// Such a time read, in milliseconds; nothing if `text` is not of that form.
std::optional<std::uint64_t> parse_http_time(std::string_view text);

}  // namespace coffer
