// HttpClient: HTTP/1.1 to other machines, by libcurl, for many threads at a time.
//
//   HttpClient client({.stall = std::chrono::seconds(10)});
//   auto answer = client.exchange({.method = "HEAD", .url = "https://store.example/7"}, 0);
//   if (!answer) return answer.error();
//   if (answer->status == 404) …
//
// Any status is an answer. What is no answer is Errc::unavailable: a host that cannot be reached, a
// connection that breaks, a body that is shorter than its length. Connections are kept for the
// next request. Redirects are not followed, and no proxy is used.

#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/stream.h"

namespace coffer {

using HttpHeaders = std::map<std::string, std::string, std::less<>>;  // names in lower case

/// The value of that header; empty if there is none.
std::string_view header_of(const HttpHeaders& headers, std::string_view name);

struct HttpRequest {
  std::string method = "GET";
  std::string url{};  // http or https
  std::vector<std::pair<std::string, std::string>> headers{};
  std::unique_ptr<Source> body{};
  std::uint64_t body_size = 0;  // exactly; where it is 0 there need be no body
};

struct HttpAnswer {
  int status = 0;
  HttpHeaders headers{};
  std::string body{};
};

/// An answer whose body is still on its way.
struct HttpStream {
  int status = 0;
  HttpHeaders headers{};
  std::unique_ptr<Source> body{};
};

struct HttpOptions {
  std::filesystem::path ca_file{};  // who vouches for servers, where that is not the system
  std::chrono::seconds connect{5};  // until there is a connection
  std::chrono::seconds stall{30};   // without a byte in either direction
};

class HttpClient {
 public:
  explicit HttpClient(HttpOptions options);

  /// Sends the request and waits for the whole answer, whose body must not have more than `limit`
  /// bytes. If the request's body fails, its error is returned.
  Result<HttpAnswer> exchange(HttpRequest request, std::size_t limit);

  /// The same, but returns with the answer's head: its body is received as it is read, through a
  /// buffer of 256 KiB, and may outlive the client.
  Result<HttpStream> open(HttpRequest request);

 private:
  HttpOptions options_;
  std::shared_ptr<class IdleWires> idle_;
};

}  // namespace coffer
