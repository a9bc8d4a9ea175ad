#include "view/catalogue.h"

#include <fstream>

namespace coffer {

Result<Catalogue> Catalogue::read(const std::filesystem::path& file) {
  std::ifstream in(file);
  Catalogue catalogue;
  std::string english, other, empty;
  while (std::getline(in, english)) {
    if (!std::getline(in, other) || other.empty() || (std::getline(in, empty) && !empty.empty()))
      return Error{Errc::internal, "'{}' has no pair for '{}'", {file.string(), english}};
    catalogue.texts_[english] = other;
  }
  if (catalogue.texts_.empty()) return Error{Errc::internal, "no catalogue '{}'", {file.string()}};
  return catalogue;
}

std::string_view Catalogue::find(std::string_view english) const {
  auto found = texts_.find(english);
  return found == texts_.end() ? english : found->second;
}

std::string_view form_for(Language language, std::string_view text, std::uint64_t count) {
  auto bar = text.find('|');
  bool many = language == Language::english && count != 1;
  if (bar == text.npos) return text;
  return many ? text.substr(bar + 1) : text.substr(0, bar);
}

}  // namespace coffer
