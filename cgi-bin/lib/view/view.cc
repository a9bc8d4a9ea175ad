#include "view/view.h"

#include <fstream>
#include <iterator>

namespace coffer {
namespace {

constexpr int kDeepest = 4;
constexpr std::string_view kInclude = "{{> ";

// For text and for attributes in either kind of quotes. Most text has nothing to escape, and the
// library's own way takes every character by itself.
std::string escape(const std::string& text) {
  constexpr std::string_view special = "&<>\"'";
  constexpr std::string_view names[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
  std::string out;
  std::size_t plain = 0;
  for (auto at = text.find_first_of(special); at != text.npos;
       at = text.find_first_of(special, plain)) {
    out.append(text, plain, at - plain) += names[special.find(text[at])];
    plain = at + 1;
  }
  return out.append(text, plain);
}

}  // namespace

Result<std::string> Views::read(std::string_view name, int depth) {
  std::ifstream file(directory_ / name);
  if (!file || depth > kDeepest)
    return Error{Errc::internal, "no template '" + std::string(name) + "'"};
  std::string text(std::istreambuf_iterator<char>(file), {});
  for (auto at = text.find(kInclude); at != text.npos; at = text.find(kInclude, at)) {
    auto end = text.find("}}", at);
    if (end == text.npos) break;
    auto start = at + kInclude.size();
    auto included = read(text.substr(start, end - start), depth + 1);
    if (!included) return included.error();
    text.replace(at, end + 2 - at, *included);
  }
  return text;
}

Result<Views::Template*> Views::find(std::string_view name) {
  std::scoped_lock lock(mutex_);
  if (auto found = parsed_.find(name); found != parsed_.end()) return &found->second;
  auto text = read(name);
  if (!text) return text.error();
  Template parsed(*text);
  if (!parsed.is_valid())
    return Error{Errc::internal, "template '" + std::string(name) + "': " + parsed.error_message()};
  parsed.set_custom_escape(escape);
  return &parsed_.emplace(name, std::move(parsed)).first->second;
}

Result<std::string> Views::render(std::string_view name, const Data& data) {
  auto found = find(name);
  if (!found) return found.error();
  std::string page;
  page.reserve(16 * 1024);
  (*found)->render(data, [&](const std::string& text) { page += text; });
  return page;
}

}  // namespace coffer
