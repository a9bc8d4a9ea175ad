// Text: the encodings and small parsers that every layer needs.

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace coffer {

/// Raw bytes as text and back; nothing if `text` is not of that form.
/// base64 is RFC 4648 §4 with padding, base64url is §5 without.
std::string hex(std::span<const std::uint8_t> bytes);  // lower case
std::string base64(std::span<const std::uint8_t> bytes);
std::string base64url(std::span<const std::uint8_t> bytes);
std::optional<std::vector<std::uint8_t>> unhex(std::string_view text);  // either case
std::optional<std::vector<std::uint8_t>> unbase64(std::string_view text);
std::optional<std::vector<std::uint8_t>> unbase64url(std::string_view text);

/// Percent-encodes all but RFC 3986's unreserved characters, which also suits RFC 8187.
std::string percent_encode(std::string_view text);

/// The same for a path: its slashes stay.
std::string percent_encode_path(std::string_view path);

/// Whether every '%' in `text` is followed by two hex digits.
bool is_percent_encoded(std::string_view text);

/// A number of decimal digits and nothing else, as is right for lengths, ids and offsets.
std::optional<std::uint64_t> parse_number(std::string_view text);

/// `text` without blanks (space and tab) at either end.
std::string_view trim(std::string_view text);

/// ASCII letters in lower case, every other byte as it is.
std::string lower(std::string_view text);

/// The parts of `text` between `separator`s, each trimmed; one empty part if `text` is empty.
std::vector<std::string_view> split(std::string_view text, char separator);

/// "1.4 MB": a size for people, in powers of 1,000.
std::string human_size(std::uint64_t bytes);

/// Compares without telling by its timing where two secrets differ.
bool equal_secrets(std::string_view one, std::string_view other);

/// The bytes of a string as the unsigned numbers that digests and tokens work on, and back.
std::span<const std::uint8_t> bytes_of(std::string_view text);
std::string_view text_of(std::span<const std::uint8_t> bytes);

}  // namespace coffer
