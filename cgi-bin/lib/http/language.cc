#include "http/language.h"

#include "base/text.h"

namespace coffer {
namespace {

// "0.8" in thousandths; 1000 where nothing is said, 0 for what is no weight.
unsigned weight_of(std::string_view parameter) {
  if (parameter.empty()) return 1000;
  if (!parameter.starts_with("q=")) return 0;
  parameter.remove_prefix(2);
  if (parameter.empty() || parameter.size() > 5 || (parameter[0] != '0' && parameter[0] != '1'))
    return 0;
  std::string digits(parameter.substr(0, 1));
  if (parameter.size() > 1 && parameter[1] == '.') digits += parameter.substr(2);
  digits.resize(4, '0');
  return static_cast<unsigned>(std::min<std::uint64_t>(parse_number(digits).value_or(0), 1000));
}

}  // namespace

std::optional<Language> language_tagged(std::string_view tag) {
  auto primary = lower(tag.substr(0, tag.find('-')));
  for (const auto& known : kLanguages)
    if (known.tag.substr(0, known.tag.find('-')) == primary) return known.language;
  return {};
}

Language language_of(const Request& request) {
  if (auto chosen = language_tagged(request.cookies.value(kLanguageCookie))) return *chosen;
  Language best = Language::english;
  unsigned most = 0;
  for (auto range : split(request.headers.value("accept-language"), ',')) {
    auto semicolon = std::min(range.find(';'), range.size());
    auto language = language_tagged(trim(range.substr(0, semicolon)));
    auto weight = weight_of(trim(range.substr(std::min(semicolon + 1, range.size()))));
    if (language && weight > most) best = *language, most = weight;
  }
  return best;
}

std::string language_cookie(const Request& request, Language language) {
  return std::string(kLanguageCookie) + "=" + std::string(tag_of(language)) +
         "; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000" + (request.tls ? "; Secure" : "");
}

}  // namespace coffer
