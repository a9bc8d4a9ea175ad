// Views: the mustache templates in templates/, parsed once and kept.
//
// A template may include another: {{> head.html}}. That is done when it is read, so that a
// page is one compiled template, which threads share. Two braces escape for HTML, and there is
// no other way to put a value into a page: tests/lint/escape.sh forbids three.

#pragma once

#include <filesystem>
#include <kainjow/mustache.hpp>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"

namespace coffer {

/// What a template is filled with: text, truth, lists and objects of these.
using Data = kainjow::mustache::data;

class Views {
 public:
  explicit Views(std::filesystem::path directory) : directory_(std::move(directory)) {}

  /// Renders `name` ("folder.html") with `data`. Errc::internal if the template is
  /// missing or malformed: that is our mistake, never the user's.
  Result<std::string> render(std::string_view name, const Data& data);

 private:
  using Template = kainjow::mustache::mustache;

  Result<Template*> find(std::string_view name);
  Result<std::string> read(std::string_view name, int depth = 0);

  std::filesystem::path directory_;
  std::mutex mutex_;
  std::map<std::string, Template, std::less<>> parsed_;
};

}  // namespace coffer
