// Fields: names with values, as in a query, a form, a cookie or a request's headers.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace coffer {

class Fields {
 public:
  Fields() = default;
  Fields(std::initializer_list<std::pair<std::string, std::string>> list) : list_(list) {}

  void add(std::string name, std::string value) {
    list_.emplace_back(std::move(name), std::move(value));
  }

  /// The first value of that name, or nothing.
  std::optional<std::string_view> get(std::string_view name) const;

  /// The same, "" where there is none.
  std::string_view value(std::string_view name) const { return get(name).value_or(""); }

  /// Every value of that name, in order.
  std::vector<std::string_view> all(std::string_view name) const;

  /// The value, or Errc::invalid_argument "'name' is missing".
  Result<std::string_view> require(std::string_view name) const;

  bool has(std::string_view name) const { return get(name).has_value(); }
  auto begin() const { return list_.begin(); }
  auto end() const { return list_.end(); }
  std::size_t size() const { return list_.size(); }

 private:
  std::vector<std::pair<std::string, std::string>> list_;
};

}  // namespace coffer
