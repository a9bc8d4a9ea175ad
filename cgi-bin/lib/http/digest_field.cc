#include "http/digest_field.h"

#include <algorithm>
#include <optional>

#include "base/text.h"

namespace coffer {
namespace {

struct Registered {
  std::string_view name;
  Algorithm algorithm;
};

constexpr Registered kRegistered[] = {
    {"sha-256", Algorithm::sha256}, {"sha", Algorithm::sha1}, {"md5", Algorithm::md5}};

std::optional<Algorithm> registered(std::string_view name) {
  for (const Registered& known : kRegistered)
    if (known.name == name) return known.algorithm;
  return {};
}

// A dictionary of byte sequences (RFC 9651): sha-256=:RK/0qy18...=:, md5=:...:
Result<> parse_digests(std::string_view header, std::string_view text,
                       std::vector<Declared>& declared) {
  bool known = false;
  for (auto member : split(text, ',')) {
    auto equals = member.find('=');
    auto value = equals == member.npos ? std::string_view{} : member.substr(equals + 1);
    value = value.substr(0, value.find(';'));
    if (value.size() < 2 || !value.starts_with(':') || !value.ends_with(':'))
      return bad("'{}' is not a list of digests such as sha-256=:BASE64:", {std::string(header)});
    auto algorithm = registered(member.substr(0, equals));
    if (!algorithm) continue;
    auto digest = unbase64(value.substr(1, value.size() - 2));
    if (!digest || digest->size() != size_of(*algorithm))
      return bad("'{}' has a digest of the wrong length", {std::string(header)});
    declared.push_back({*algorithm, std::move(*digest)});
    known = true;
  }
  if (!known)
    return bad("'{}' has no digest we can check: use sha-256, sha or md5", {std::string(header)});
  return {};
}

// The preference for an algorithm in Want-Repr-Digest: 0 to 10, 0 for not wanted.
unsigned preference(std::string_view want, std::string_view name) {
  for (auto member : split(want, ',')) {
    auto equals = member.find('=');
    if (member.substr(0, equals) != name || equals == member.npos) continue;
    auto value = member.substr(equals + 1);
    return static_cast<unsigned>(
        std::min<std::uint64_t>(10, parse_number(value.substr(0, value.find(';'))).value_or(0)));
  }
  return 0;
}

}  // namespace

Result<std::vector<Declared>> declared_in_headers(const Fields& headers) {
  std::vector<Declared> declared;
  for (auto name : {"repr-digest", "content-digest"})
    if (auto text = headers.get(name))
      if (auto parsed = parse_digests(name, *text, declared); !parsed) return parsed.error();
  if (auto text = headers.get("content-md5")) {
    auto digest = unbase64(*text);
    if (!digest || digest->size() != size_of(Algorithm::md5))
      return bad("'{}' is not an MD5 in base64", {"content-md5"});
    declared.push_back({Algorithm::md5, std::move(*digest)});
  }
  return declared;
}

Result<std::vector<Declared>> declared_in_fields(const Fields& fields, std::size_t file,
                                                 std::size_t files) {
  std::vector<Declared> declared;
  for (Algorithm algorithm : kAlgorithms) {
    auto name = name_of(algorithm);
    auto values = fields.all(name);
    std::erase(values, "");
    if (values.empty()) continue;
    if (values.size() != files)
      return bad("'{}' must be given once for each file, or not at all", {std::string(name)});
    auto digest = unhex(values[file]);
    if (!digest || digest->size() != size_of(algorithm))
      return bad("'{}' is not a digest in hex of the right length", {std::string(name)});
    declared.push_back({algorithm, std::move(*digest)});
  }
  return declared;
}

Result<std::vector<Declared>> declared_in(const Request& request) {
  auto declared = declared_in_headers(request.headers);
  if (!declared) return declared;
  auto more = declared_in_fields(request.query, 0, 1);
  if (!more) return more;
  declared->insert(declared->end(), more->begin(), more->end());
  return declared;
}

Result<> check_declared(const std::vector<Declared>& declared, const Digests& digests) {
  for (const Declared& one : declared) {
    auto ours = digest_of(digests, one.algorithm);
    if (std::ranges::equal(ours, one.digest)) continue;
    return Error{Errc::mismatch,
                 "the bytes that came in have the {} {}, not {} as declared",
                 {std::string(name_of(one.algorithm)), hex(ours), hex(one.digest)}};
  }
  return {};
}

std::string repr_digest(const Digests& digests, std::string_view want) {
  const Registered* best = want.empty() ? &kRegistered[0] : nullptr;
  unsigned most = 0;
  for (const Registered& known : kRegistered) {
    auto wanted = preference(want, known.name);
    if (wanted > most) best = &known, most = wanted;
  }
  if (!best) return {};
  return std::string(best->name) + "=:" + base64(digest_of(digests, best->algorithm)) + ":";
}

}  // namespace coffer
