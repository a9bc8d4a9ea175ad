#include "blob/s3_options.h"

#include <algorithm>

#include "base/text.h"

namespace coffer {
namespace {

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::uint64_t kLeastPart = 5 << 20;  // that S3 takes, but for the last one
constexpr std::uint64_t kMostPart = std::uint64_t{5} << 30;
constexpr std::size_t kMostPrefix = 900;  // of the 1,024 bytes of an object's key

Error wrong(std::string what) { return {Errc::internal, std::move(what)}; }

bool consists_of(std::string_view text, std::string_view characters) {
  return !text.empty() && text.find_first_not_of(characters) == text.npos;
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

// "Bucket naming rules" in the Amazon S3 User Guide, as far as a URL depends on them.
bool is_bucket(std::string_view name) {
  return name.size() >= 3 && name.size() <= 63 && consists_of(name, std::string(kLetters) + ".-") &&
         name.find("..") == name.npos && kLetters.find(name.front()) != kLetters.npos &&
         kLetters.find(name.back()) != kLetters.npos;
}

bool is_port(std::string_view text) {
  auto port = parse_number(text);
  return port && *port > 0 && *port < 65536;
}

// "host" or "host:port", the host a name, an IPv4 address or an IPv6 address in brackets.
bool is_authority(std::string_view text) {
  auto end = text.starts_with('[') ? std::min(text.find(']'), text.size() - 1) + 1
                                   : std::min(text.find(':'), text.size());
  auto host = text.substr(0, end), port = text.substr(end);
  if (!port.empty() && !(port.front() == ':' && is_port(port.substr(1)))) return false;
  if (!host.starts_with('[')) return consists_of(host, std::string(kLetters) + ".-");
  return host.size() > 3 && host.back() == ']' &&
         consists_of(host.substr(1, host.size() - 2), "0123456789abcdef:.");
}

}  // namespace

Result<S3Address> address_of(const S3Options& options) {
  auto endpoint = lower(options.endpoint);
  bool secure = endpoint.starts_with("https://");
  if (!secure && !endpoint.starts_with("http://"))
    return wrong("the endpoint '" + options.endpoint + "' must begin with https:// or http://");
  std::string scheme = secure ? "https://" : "http://";
  auto host = endpoint.substr(scheme.size());
  if (!is_authority(host))
    return wrong("the endpoint '" + options.endpoint + "' must be " + scheme + "host[:port]");
  std::string_view usual = secure ? ":443" : ":80";
  if (host.ends_with(usual)) host.resize(host.size() - usual.size());

  if (!is_bucket(options.bucket)) return wrong("'" + options.bucket + "' is no bucket's name");
  if (options.region.empty() || !is_printable(options.region))
    return wrong("'" + options.region + "' is no region");
  if (!is_printable(options.prefix) || options.prefix.starts_with('/') ||
      options.prefix.size() > kMostPrefix)
    return wrong("'" + options.prefix + "' is no prefix of keys");
  if (!is_printable(options.storage_class)) return wrong("no such storage class");
  if (options.part_size < kLeastPart || options.part_size > kMostPart)
    return wrong("a part must have 5 MiB to 5 GiB");
  if (options.parts_at_a_time == 0) return wrong("at least one part must be sent at a time");

  if (!options.path_style) host = options.bucket + "." + host;
  return S3Address{.origin = scheme + host,
                   .host = host,
                   .root = options.path_style ? "/" + options.bucket + "/" : "/"};
}

}  // namespace coffer
