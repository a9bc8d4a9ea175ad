// Catalogue: what templates and errors say, in another language.
//
// A file of pairs, English first, with an empty line after each:
//
//   There is room for [left].
//   还可以存放 [left]。
//
//   {} file|{} files
//   {} 个文件
//
// The English text is the key, so that sources read as what they say. A text that depends on a
// count has one form for each that its language knows, with a bar between: English has two,
// Chinese one.

#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "base/language.h"
#include "base/result.h"

namespace coffer {

class Catalogue {
 public:
  /// English: everything is said as it is written.
  Catalogue() = default;

  /// Errc::internal for a file that is not there, or not of pairs.
  static Result<Catalogue> read(const std::filesystem::path& file);

  /// What `english` is called in this language; `english` itself where nobody has said so.
  std::string_view find(std::string_view english) const;

 private:
  std::map<std::string, std::string, std::less<>> texts_;
};

/// The form of `text`, "{} file|{} files", that goes with `count`.
std::string_view form_for(Language language, std::string_view text, std::uint64_t count);

}  // namespace coffer
