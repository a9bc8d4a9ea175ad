// Result<T>: a value, or the Error that says why there is none.
//
//   Result<Entry> entry = find_entry(...);
//   if (!entry) return entry.error();
//
// The names are those of C++23's std::expected, so the day our compiler has it
// this class becomes `template <class T> using Result = std::expected<T, Error>`.

#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace coffer {

/// One meaning each; http/message.h turns them into statuses, and nothing else does.
enum class Errc {
  invalid_argument,     // 400: the request makes no sense
  unauthenticated,      // 401: nobody is signed in
  permission_denied,    // 403: signed in, but not allowed
  not_found,            // 404: no such thing, or not yours to know about
  method_not_allowed,   // 405: the address is right, the method is not
  timed_out,            // 408: the client fell silent
  conflict,             // 409: the name is taken
  length_required,      // 411: a body of unknown length
  precondition_failed,  // 412: If-Match or If-None-Match says no
  too_large,            // 413: over the quota or a limit
  unsupported,          // 415: a body of a kind we do not read
  mismatch,             // 422: the bytes are not the ones the client declared
  locked,               // 423: somebody else is at it; the same call may work later
  too_many,             // 429: tried too often; the error says after how many seconds to try again
  checksum_mismatch,    // 460: of a piece of an upload; it may be sent again (tus 1.0)
  internal,             // 500: a bug, or a machine that is broken
  data_loss,            // 500: bytes of ours do not match their digest
  unavailable,          // 503: a store or database is down; the same call may work later
  no_space,             // 507: the disk is full
};

/// "'{}' exists already" with each {} in turn replaced by a value.
std::string fill_in(std::string_view pattern, const std::vector<std::string>& values);

/// `message` is shown to the user below 500 and only logged from 500 up. What varies in it is
/// given apart, so that the rest can be said in another language.
///
///   return Error{Errc::conflict, "'{}' exists already", {name}};
struct Error {
  Error(Errc its_code = Errc::internal, std::string its_pattern = {},
        std::vector<std::string> its_values = {});

  Errc code;
  std::string pattern;
  std::vector<std::string> values;
  std::string message;       // the pattern, filled in
  unsigned retry_after = 0;  // seconds, where that is known
};

/// Errc::invalid_argument.
Error bad(std::string pattern, std::vector<std::string> values = {});

template <class T = void>
class [[nodiscard]] Result {
 public:
  template <std::convertible_to<T> U = T>
  Result(U&& value) : state_(std::in_place_index<0>, std::forward<U>(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return state_.index() == 0; }
  T& operator*() { return std::get<0>(state_); }
  const T& operator*() const { return std::get<0>(state_); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  explicit operator bool() const { return !error_; }
  const Error& error() const { return *error_; }

 private:
  std::optional<Error> error_;
};

}  // namespace coffer
