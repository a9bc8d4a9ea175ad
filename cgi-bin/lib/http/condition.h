// Conditions: If-Match and If-None-Match (RFC 9110 §13), for files whose entity tag is the
// SHA-256 of their bytes in hex.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "digest/digest.h"
#include "http/message.h"

namespace coffer {

/// "\"9f86d081...\"".
std::string etag_of(const Sha256& sha256);

/// The tags of a condition: '*', or SHA-256s. Weak tags and those that are no SHA-256 of ours
/// match nothing and are left out.
struct Tags {
  bool any = false;
  std::vector<Sha256> sha256s;

  bool match(const Sha256& sha256) const;
};

/// The tags in a header's value, or Errc::invalid_argument if it is malformed.
Result<Tags> parse_tags(std::string_view text);

/// Errc::precondition_failed if the request's If-Match does not allow a file of these bytes.
Result<> check_if_match(const Fields& headers, const Sha256& sha256);

}  // namespace coffer
