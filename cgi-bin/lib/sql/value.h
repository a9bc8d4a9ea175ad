// Value: what a statement takes for a '?'. Row: what it gives back.

#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace coffer {

/// A number, an id, text (UTF-8), bytes or NULL. Text and bytes are not copied: they
/// must outlive the call.
class Value {
 public:
  using Bytes = std::span<const std::uint8_t>;

  template <std::integral T>
  Value(T number) : state_(static_cast<std::uint64_t>(number)) {}
  template <class T>
  requires std::is_enum_v<T> Value(T id) : state_(static_cast<std::uint64_t>(id)) {}
  Value(std::string_view text) : state_(text) {}
  Value(const std::string& text) : state_(std::string_view(text)) {}
  Value(const char* text) : state_(std::string_view(text)) {}
  Value(Bytes bytes) : state_(bytes) {}
  template <std::size_t N>
  Value(const std::array<std::uint8_t, N>& bytes) : state_(Bytes(bytes)) {}
  Value(std::nullptr_t) : state_(nullptr) {}

  const auto& state() const { return state_; }

 private:
  std::variant<std::nullptr_t, std::uint64_t, std::string_view, Bytes> state_;
};

/// One row, valid until the next. Columns count from 0; NULL reads as 0 or as nothing.
class Row {
 public:
  struct Column {
    std::string name;
    bool null = true;
    std::uint64_t number = 0;
    std::vector<char> buffer;
    std::size_t length = 0;
  };

  explicit Row(const std::vector<Column>& columns) : columns_(columns) {}

  bool null(std::size_t i) const { return columns_[i].null; }
  std::uint64_t number(std::size_t i) const { return columns_[i].null ? 0 : columns_[i].number; }
  template <class Id>
  Id id(std::size_t i) const {
    return Id{number(i)};
  }
  std::string_view text(std::size_t i) const {
    return {columns_[i].buffer.data(), columns_[i].null ? 0 : columns_[i].length};
  }
  /// The column of that name, or nothing if there is none.
  std::string_view text(std::string_view name) const {
    auto found = std::ranges::find(columns_, name, &Column::name);
    return found == columns_.end() ? "" : text(std::size_t(found - columns_.begin()));
  }
  std::uint64_t number(std::string_view name) const {
    auto found = std::ranges::find(columns_, name, &Column::name);
    return found == columns_.end() ? 0 : number(std::size_t(found - columns_.begin()));
  }
  /// The first N bytes of a BINARY(N) column; zeros for NULL.
  template <std::size_t N>
  std::array<std::uint8_t, N> bytes(std::size_t i) const {
    std::array<std::uint8_t, N> out{};
    auto from = text(i);
    std::copy_n(from.begin(), std::min(N, from.size()), out.begin());
    return out;
  }

 private:
  const std::vector<Column>& columns_;
};

}  // namespace coffer
