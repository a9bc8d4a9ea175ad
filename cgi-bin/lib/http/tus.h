// tus: what the headers of the resumable upload protocol say,
// https://tus.io/protocols/resumable-upload (1.0.0).

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "digest/digest.h"
#include "http/digest_field.h"
#include "http/message.h"

namespace coffer {

inline constexpr std::string_view kTusVersion = "1.0.0";

/// What Tus-Extension and Tus-Checksum-Algorithm say.
inline constexpr std::string_view kTusExtensions =
    "creation,creation-with-upload,expiration,checksum,termination,concatenation";
inline constexpr std::string_view kTusChecksums = "sha1,sha256,md5,crc32";

/// The method that the request means: that in X-HTTP-Method-Override, if it says one, whatever
/// its own one is.
std::string_view tus_method(const Request& request);

/// The pairs of an Upload-Metadata header, their values decoded. Errc::invalid_argument if it is
/// malformed: not base64, a key without a name or twice, a value that is not UTF-8.
Result<Fields> parse_metadata(std::string_view text);

/// The digest that an Upload-Checksum header declares of the request's body.
/// Errc::invalid_argument if it is malformed or its algorithm none of kTusChecksums.
Result<Declared> parse_checksum(std::string_view text);

/// So many addresses find room in a header (8 KiB in all).
inline constexpr std::size_t kMostParts = 100;

/// The uploads that Upload-Concat says a final one is made of; none if it is "partial" or "".
/// Errc::invalid_argument if it is neither that nor "final;" and the addresses of one to
/// kMostParts uploads below `base`, relative or absolute. Of each, what follows `base` is kept.
Result<std::vector<std::string_view>> parse_concat(std::string_view text, std::string_view base);

}  // namespace coffer
