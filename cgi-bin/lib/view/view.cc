#include "view/view.h"

#include <fstream>
#include <iterator>

namespace coffer {
namespace {

constexpr int kDeepest = 4;
constexpr std::string_view kInclude = "{{> ";
constexpr std::string_view kSaid = "{{_ ";

// For text and for attributes in either kind of quotes. Most text has nothing to escape, and the
// library's own way takes every character by itself.
std::string escape(const std::string& text) {
  constexpr std::string_view special = "&<>\"'";
  constexpr std::string_view names[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"};
  std::string out;
  std::size_t plain = 0;
  for (auto at = text.find_first_of(special); at != text.npos;
       at = text.find_first_of(special, plain)) {
    out.append(text, plain, at - plain) += names[special.find(text[at])];
    plain = at + 1;
  }
  return out.append(text, plain);
}

// {{_ There is room for [left].}} in another language, the value in its place.
std::string translated(std::string text, const Catalogue& catalogue) {
  for (auto at = text.find(kSaid); at != text.npos; at = text.find(kSaid, at)) {
    auto end = text.find("}}", at);
    if (end == text.npos) break;
    auto start = at + kSaid.size();
    std::string said;
    for (char c : escape(std::string(catalogue.find(text.substr(start, end - start)))))
      said += c == '[' ? "{{" : c == ']' ? "}}" : std::string(1, c);
    text.replace(at, end + 2 - at, said);
    at += said.size();
  }
  return text;
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

Result<const Catalogue*> Views::catalogue(Language language) {
  std::scoped_lock lock(mutex_);
  if (auto known = catalogues_.find(language); known != catalogues_.end()) return &known->second;
  Result<Catalogue> read = Catalogue{};
  if (language != Language::english)
    read = Catalogue::read(directory_ / (std::string(tag_of(language)) + ".txt"));
  if (!read) return read.error();
  return &catalogues_.emplace(language, std::move(*read)).first->second;
}

Result<Views::Template*> Views::find(Language language, std::string_view name) {
  auto catalogue = this->catalogue(language);
  if (!catalogue) return catalogue.error();
  std::scoped_lock lock(mutex_);
  auto key = std::pair(language, std::string(name));
  if (auto found = parsed_.find(key); found != parsed_.end()) return &found->second;
  auto text = read(name);
  if (!text) return text.error();
  Template parsed(translated(std::move(*text), **catalogue));
  if (!parsed.is_valid())
    return Error{Errc::internal, "template '" + std::string(name) + "': " + parsed.error_message()};
  parsed.set_custom_escape(escape);
  return &parsed_.emplace(std::move(key), std::move(parsed)).first->second;
}

Result<std::string> Views::render(Language language, std::string_view name, const Data& data) {
  auto found = find(language, name);
  if (!found) return found.error();
  std::string page;
  page.reserve(16 * 1024);
  (*found)->render(data, [&](const std::string& text) { page += text; });
  return page;
}

std::string Views::say(Language language, std::string_view english,
                       const std::vector<std::string>& values) {
  auto catalogue = this->catalogue(language);
  return fill_in(catalogue ? (*catalogue)->find(english) : english, values);
}

std::string Views::say_count(Language language, std::string_view english, std::uint64_t count) {
  auto catalogue = this->catalogue(language);
  auto forms = catalogue ? (*catalogue)->find(english) : english;
  return fill_in(form_for(catalogue ? language : Language::english, forms, count),
                 {std::to_string(count)});
}

}  // namespace coffer
