#include "base/result.h"

namespace coffer {

std::string fill_in(std::string_view pattern, const std::vector<std::string>& values) {
  std::string text;
  for (const auto& value : values) {
    auto at = pattern.find("{}");
    if (at == pattern.npos) break;
    text.append(pattern.substr(0, at)).append(value);
    pattern.remove_prefix(at + 2);
  }
  return text.append(pattern);
}

Error::Error(Errc its_code, std::string its_pattern, std::vector<std::string> its_values)
    : code(its_code), pattern(std::move(its_pattern)), values(std::move(its_values)) {
  message = fill_in(pattern, values);
}

Error bad(std::string pattern, std::vector<std::string> values) {
  return {Errc::invalid_argument, std::move(pattern), std::move(values)};
}

}  // namespace coffer
