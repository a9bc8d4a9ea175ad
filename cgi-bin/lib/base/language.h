// The languages that Coffer speaks. English is the one that sources and templates are written in;
// what is said in another is in templates/TAG.txt (view/catalogue.h).

#pragma once

#include <array>
#include <string_view>

namespace coffer {

enum class Language { english, chinese };

struct LanguageName {
  Language language;
  std::string_view tag;   // BCP 47
  std::string_view name;  // as its speakers call it
};
inline constexpr std::array kLanguages{LanguageName{Language::english, "en", "English"},
                                       LanguageName{Language::chinese, "zh-Hans", "简体中文"}};

inline std::string_view tag_of(Language language) {
  return kLanguages[static_cast<std::size_t>(language)].tag;
}

}  // namespace coffer
