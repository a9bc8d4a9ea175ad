// Views: the mustache templates in templates/, parsed once for each language and kept.
//
// A template may include another, {{> head.html}}, and says what people read as {{_ Sign in}} or,
// with a value in it, {{_ There is room for [left].}}: the catalogue of the reader's language has
// it. Both are done when it is read, so that a page is one compiled template, which threads share.
// Two braces escape for HTML, and there is no other way to put a value into a page:
// tests/lint/escape.sh forbids three.

#pragma once

#include <filesystem>
#include <kainjow/mustache.hpp>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "view/catalogue.h"

namespace coffer {

/// What a template is filled with: text, truth, lists and objects of these.
using Data = kainjow::mustache::data;

class Views {
 public:
  explicit Views(std::filesystem::path directory) : directory_(std::move(directory)) {}

  /// Renders `name` ("folder.html") with `data`. Errc::internal if the template or the
  /// language's catalogue is missing or malformed: that is our mistake, never the user's.
  Result<std::string> render(Language language, std::string_view name, const Data& data);

  /// A text of our own in that language, its {} filled in: say(language, error.pattern,
  /// error.values).
  std::string say(Language language, std::string_view english,
                  const std::vector<std::string>& values = {});

  /// The same with a count, for which there are forms: "{} file|{} files".
  std::string say_count(Language language, std::string_view english, std::uint64_t count);

 private:
  using Template = kainjow::mustache::mustache;

  Result<const Catalogue*> catalogue(Language language);
  Result<Template*> find(Language language, std::string_view name);
  Result<std::string> read(std::string_view name, int depth = 0);

  std::filesystem::path directory_;
  std::mutex mutex_;
  std::map<Language, Catalogue> catalogues_;
  std::map<std::pair<Language, std::string>, Template> parsed_;
};

/// What one reader reads: handed on to whoever puts words together for them.
struct Words {
  Views& views;
  Language language = Language::english;

  std::string say(std::string_view english, const std::vector<std::string>& values = {}) const {
    return views.say(language, english, values);
  }
  std::string count(std::string_view english, std::uint64_t count) const {
    return views.say_count(language, english, count);
  }
};

}  // namespace coffer
