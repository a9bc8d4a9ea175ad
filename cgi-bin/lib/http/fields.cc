#include "http/fields.h"

namespace coffer {

std::optional<std::string_view> Fields::get(std::string_view name) const {
  for (const auto& [key, value] : list_)
    if (key == name) return value;
  return {};
}

std::vector<std::string_view> Fields::all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto& [key, value] : list_)
    if (key == name) values.push_back(value);
  return values;
}

Result<std::string_view> Fields::require(std::string_view name) const {
  if (auto value = get(name); value && !value->empty()) return *value;
  return Error{Errc::invalid_argument, "'{}' is missing", {std::string(name)}};
}

}  // namespace coffer
