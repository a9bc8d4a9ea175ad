#include "http/tus.h"

#include <algorithm>

#include "base/name.h"
#include "base/text.h"

namespace coffer {
namespace {

// Before and after the first `separator`; all of it and nothing where there is none.
std::pair<std::string_view, std::string_view> cut(std::string_view text, char separator) {
  auto at = text.find(separator);
  if (at == text.npos) return {text, {}};
  return {text.substr(0, at), text.substr(at + 1)};
}

}  // namespace

std::string_view tus_method(const Request& request) {
  auto other = request.headers.value("x-http-method-override");
  return other.empty() ? request.method : other;
}

Result<Fields> parse_metadata(std::string_view text) {
  Fields fields;
  if (trim(text).empty()) return fields;
  for (auto pair : split(text, ',')) {
    auto [key, encoded] = cut(pair, ' ');
    auto value = unbase64(encoded);
    if (key.empty() || !is_utf8(key)) return bad("Upload-Metadata has a key without a name");
    if (fields.has(key)) return bad("Upload-Metadata has the key '{}' twice", {std::string(key)});
    if (!value || !is_utf8(text_of(*value)))
      return bad("Upload-Metadata's '{}' is not UTF-8 in base64", {std::string(key)});
    fields.add(std::string(key), std::string(text_of(*value)));
  }
  return fields;
}

Result<Declared> parse_checksum(std::string_view text) {
  auto [name, encoded] = cut(text, ' ');
  auto known = split(kTusChecksums, ',');
  if (std::find(known.begin(), known.end(), name) == known.end())
    return bad("Upload-Checksum is by one of {}", {std::string(kTusChecksums)});
  auto algorithm = *algorithm_named(name);
  auto digest = unbase64(encoded);
  if (!digest || digest->size() != size_of(algorithm))
    return bad("Upload-Checksum's digest is not base64 of the right length");
  return Declared{algorithm, std::move(*digest)};
}

Result<std::vector<std::string_view>> parse_concat(std::string_view text, std::string_view base) {
  std::vector<std::string_view> parts;
  if (text.empty() || text == "partial") return parts;
  auto [kind, addresses] = cut(text, ';');
  if (kind != "final") return bad("Upload-Concat is 'partial', or 'final;' and addresses");
  for (auto address : split(addresses, ' ')) {
    if (address.empty()) continue;
    auto scheme = address.find("://");
    auto slash = scheme == address.npos ? 0 : address.find('/', scheme + 3);
    auto path = address.substr(std::min(slash, address.size()));
    if (!path.starts_with(base))
      return bad("'{}' is not the address of an upload", {std::string(address)});
    parts.push_back(path.substr(base.size()));
  }
  if (parts.empty() || parts.size() > kMostParts)
    return bad("a final upload is made of 1 to {} others", {std::to_string(kMostParts)});
  return parts;
}

}  // namespace coffer
