// Names: the one check that every name of a file, folder or user passes before it is used.
//
// A name is text, never a path: nothing on disk is called by it. It is kept in Unicode's
// NFC, so that the two ways of writing 'é' are one name; upper and lower case differ.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace coffer {

/// The name of a file or folder, in NFC. Errc::invalid_argument, with a sentence for the user,
/// if it is empty, '.' or '..', longer than 255 bytes, not UTF-8, has a slash, a backslash,
/// control or direction characters in it, or ends in a space or dot.
Result<std::string> file_name(std::string_view text);

/// The folders on a path, and its own name last. Errc::invalid_argument for a path that is
/// absolute, longer than 4096 bytes or deeper than 64 folders, or has a name in it that file_name()
/// refuses; only "./" may stand before. Nothing is left of "./" itself.
Result<std::vector<std::string>> names_in(std::string_view path);

/// What makes two user names one: NFC and case folded. Errc::invalid_argument unless it is
/// 1 to 64 letters, digits, '.', '_', '-' or '@' and starts with a letter or digit.
Result<std::string> user_name_key(std::string_view text);

/// Whether that key of a name is one that people would take for the operator or the system.
bool is_reserved_name(std::string_view key);

/// `text` in NFC and case folded, to compare it in any case; as it is if it is not UTF-8.
std::string fold_case(std::string_view text);

/// `name` with a number before its extension: "a (2).txt"; cut to fit 255 bytes.
std::string numbered_name(std::string_view name, unsigned number);

/// Whether `text` is well-formed UTF-8 (RFC 3629).
bool is_utf8(std::string_view text);

}  // namespace coffer
