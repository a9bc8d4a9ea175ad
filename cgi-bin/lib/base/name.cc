#include "base/name.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>

namespace coffer {
namespace {

constexpr std::size_t kMostBytes = 255;
constexpr std::size_t kMostPathBytes = 4096;
constexpr std::size_t kMostDepth = 64;

const utf8proc_uint8_t* raw(std::string_view text) {
  return reinterpret_cast<const utf8proc_uint8_t*>(text.data());
}

// Calls `accept` with each code point; false if one is refused or the bytes are not UTF-8.
template <class Accept>
bool every_code_point(std::string_view text, Accept&& accept) {
  while (!text.empty()) {
    utf8proc_int32_t point = 0;
    auto size = utf8proc_iterate(raw(text), static_cast<utf8proc_ssize_t>(text.size()), &point);
    if (size <= 0 || !accept(point)) return false;
    text.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

// Control characters, and those that turn the direction of what follows, with which
// "exe.fdp" would show as "pdf.exe".
bool is_printable(utf8proc_int32_t point) {
  bool control = utf8proc_category(point) == UTF8PROC_CATEGORY_CC;
  bool separator = point == 0x2028 || point == 0x2029;
  bool direction = (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069) ||
                   point == 0x200e || point == 0x200f || point == 0x061c;
  bool none = (point & 0xfffe) == 0xfffe || point == 0xfeff;
  return !control && !separator && !direction && !none;
}

std::optional<std::string> mapped(std::string_view text, unsigned options) {
  utf8proc_uint8_t* out = nullptr;
  auto size = utf8proc_map(raw(text), static_cast<utf8proc_ssize_t>(text.size()), &out,
                           static_cast<utf8proc_option_t>(options));
  std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owned(out, &std::free);
  if (size < 0) return {};
  return std::string(reinterpret_cast<const char*>(out), static_cast<std::size_t>(size));
}

}  // namespace

bool is_utf8(std::string_view text) {
  return every_code_point(text, [](utf8proc_int32_t) { return true; });
}

Result<std::string> file_name(std::string_view text) {
  if (text.empty()) return bad("a name is missing");
  if (text.size() > 4 * kMostBytes) return bad("a name may have 255 bytes at most");
  if (!is_utf8(text)) return bad("the name is not UTF-8");
  if (!every_code_point(text, is_printable))
    return bad("a name may not have control characters in it");
  auto name = mapped(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
  if (!name) return bad("the name is not UTF-8");
  if (name->size() > kMostBytes) return bad("a name may have 255 bytes at most");
  if (name->find_first_of("/\\") != name->npos)
    return bad("a name may not have a slash or backslash in it: '{}'", {*name});
  if (*name == "." || *name == "..") return bad("'{}' cannot be a name", {*name});
  if (name->ends_with(' ') || name->ends_with('.') || name->starts_with(' '))
    return bad("a name may not start with a space or end in a space or dot: '{}'", {*name});
  return *name;
}

Result<std::vector<std::string>> names_in(std::string_view path) {
  std::vector<std::string> names;
  if (path.size() > kMostPathBytes)
    return bad("a path may have {} bytes at most", {std::to_string(kMostPathBytes)});
  if (path.starts_with('/')) return bad("a path may not begin with a slash");
  while (path.starts_with("./")) path.remove_prefix(2);
  if (path == ".") path = "";
  if (path.ends_with('/')) path.remove_suffix(1);
  while (!path.empty()) {
    auto end = std::min(path.find('/'), path.size());
    auto name = file_name(path.substr(0, end));
    if (!name) return name.error();
    names.push_back(std::move(*name));
    if (end + 1 == path.size()) return bad("a name is missing");
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  if (names.size() > kMostDepth + 1)
    return bad("a path may have {} folders at most", {std::to_string(kMostDepth)});
  return names;
}

Result<std::string> user_name_key(std::string_view text) {
  auto error = bad("a user name has 1 to 64 letters, digits or . _ - @, a letter or digit first");
  if (text.empty() || text.size() > 64) return error;
  auto key = mapped(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
  if (!key) return error;
  constexpr std::string_view signs = "._-@";
  bool fine = every_code_point(*key, [&](utf8proc_int32_t point) {
    auto kind = utf8proc_category(point);
    return (kind >= UTF8PROC_CATEGORY_LU && kind <= UTF8PROC_CATEGORY_LO) ||
           kind == UTF8PROC_CATEGORY_ND ||
           (point < 128 && signs.find(static_cast<char>(point)) != signs.npos);
  });
  if (!fine || signs.find(key->front()) != signs.npos) return error;
  return *key;
}

bool is_reserved_name(std::string_view key) {
  constexpr std::string_view reserved[] = {
      "abuse",    "admin",  "administrator", "anonymous", "coffer",    "everyone", "guest",
      "help",     "info",   "mail",          "me",        "nobody",    "operator", "postmaster",
      "public",   "root",   "security",      "share",     "shared",    "staff",    "support",
      "sysadmin", "system", "trash",         "user",      "webmaster", "www"};
  return std::ranges::find(reserved, key) != std::ranges::end(reserved);
}

std::string fold_case(std::string_view text) {
  auto folded = mapped(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
  return folded ? *folded : std::string(text);
}

std::string numbered_name(std::string_view name, unsigned number) {
  auto dot = name.rfind('.');
  if (dot == name.npos || dot == 0 || name.size() - dot > 16) dot = name.size();
  std::string end = " (" + std::to_string(number) + ")" + std::string(name.substr(dot));
  std::string_view stem = name.substr(0, dot);
  if (stem.size() + end.size() > kMostBytes) stem = stem.substr(0, kMostBytes - end.size());
  while (!is_utf8(stem)) stem.remove_suffix(1);
  return std::string(stem) + end;
}

}  // namespace coffer
