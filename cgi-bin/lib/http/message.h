// Request and Response: plain data, so that a handler is an ordinary function
// and a test can call it without a web server.
//
//   Request request{.method = "GET", .query = {{"id", "7"}}};

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/stream.h"
#include "http/fields.h"

namespace coffer {

/// `cut` may be called while the handler runs: who waits for the rest of the body gets an error.
struct Request {
  std::string id{};      // ties the log lines of one request together
  std::string method{};  // "GET"
  std::string path{};    // "/file/upload", decoded, without the query
  std::string uri{};     // the same with the query, as it was sent
  Fields query{};        // ?name=value, decoded
  Fields headers{};      // names in lower case
  Fields cookies{};
  std::string remote{};  // the client's address
  bool tls = false;
  std::optional<std::uint64_t> length{};  // of the body; nothing if the client did not say
  std::unique_ptr<Source> body{};         // may be read once, and may be huge
  std::function<void()> cut{};            // see above
  bool read_only = false;                 // it meets a cloud that takes no changes right now
  Fields notes{};                         // key=value pairs for the request's line in the log

  bool is_read() const { return method == "GET" || method == "HEAD"; }
};

struct Response {
  int status = 200;
  Fields headers{};
  std::string body{};
  std::unique_ptr<Source> stream{};  // what follows the body, as it is read; not for a HEAD
};

/// The one place where an Errc becomes an HTTP status.
int status_of(Errc code);

/// "Not Found": what a status is called (RFC 9110 §15).
std::string_view reason_of(int status);

/// Errc::method_not_allowed, with `allowed` ("GET, HEAD") as its message, unless the request's
/// method is one of them.
Result<> allow(const Request& request, std::string_view allowed);

/// 303 to the page to see next.
Response see_other(std::string location);

/// The number in a query or form, or Errc::invalid_argument if it is none; nothing if absent.
Result<std::optional<std::uint64_t>> number_field(const Fields& fields, std::string_view name);

/// The number in a header, or Errc::invalid_argument if there is none, or it is not one.
Result<std::uint64_t> number_header(const Fields& headers, std::string_view name);

}  // namespace coffer
