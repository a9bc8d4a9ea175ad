// AWS Signature Version 4: who holds the secret key has sent this request, or has made this URL.
//
// "Signature Version 4 signing process" in the AWS General Reference, and for Amazon S3
// "Authenticating Requests (AWS Signature Version 4)" in its API Reference.

#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coffer {

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct AccessKeys {
  std::string access{};
  std::string secret{};
  std::string session_token{};  // of keys that are lent for a while

  bool operator==(const AccessKeys&) const = default;
};

/// What is signed of a request: everything but its body, for which `payload` stands, the hex
/// SHA-256 of it or "UNSIGNED-PAYLOAD".
struct Signable {
  std::string method{};
  std::string path{};  // percent-encoded
  Pairs query{};       // names and values as they are
  Pairs headers{};     // names in lower case, each once; "host" must be among them
  std::string payload{"UNSIGNED-PAYLOAD"};
};

struct SigningScope {
  std::uint64_t time_ms = 0;  // since 1970; a server wants it within 15 minutes of its own
  std::string region{};
  std::string service{"s3"};
};

/// "20130524T000000Z", the value of X-Amz-Date.
std::string amz_time(std::uint64_t ms);

/// The query in canonical form, which is also how it must be sent: sorted, all but unreserved
/// characters encoded, and a '=' in each.
std::string canonical_query(const Pairs& query);

/// The value of the Authorization header. The headers must have an x-amz-date of the scope's time.
std::string authorization(const Signable& request, const SigningScope& scope,
                          const AccessKeys& keys);

/// The query of a URL that may do what `request` says for `lifetime` (a week at most) from the
/// scope's time on, in the hands of whoever has it.
std::string presigned_query(Signable request, const SigningScope& scope, const AccessKeys& keys,
                            std::chrono::seconds lifetime);

}  // namespace coffer
