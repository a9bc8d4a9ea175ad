// Browsers: what a User-Agent (RFC 9110 §10.1.5) says, in a few words. A guess for people, who
// want to tell their phone from their desktop; nothing is decided by it.

#pragma once

#include <string>
#include <string_view>

namespace coffer {

/// "Firefox" on "Linux"; "" for what we do not know.
struct Browser {
  std::string_view name;
  std::string_view system;
};
Browser browser_of(std::string_view user_agent);

/// The printable ASCII characters of a header, and no more than `most` of them: all that may be
/// kept of what a client says of itself.
std::string printable(std::string_view text, std::size_t most);

}  // namespace coffer
