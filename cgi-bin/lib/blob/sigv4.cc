#include "blob/sigv4.h"

#include <algorithm>

#include "base/text.h"
#include "base/time.h"
#include "digest/hash.h"

namespace coffer {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

std::string date_of(const SigningScope& scope) { return amz_time(scope.time_ms).substr(0, 8); }

std::string scope_text(const SigningScope& scope) {
  return date_of(scope) + "/" + scope.region + "/" + scope.service + "/aws4_request";
}

Pairs sorted(Pairs pairs) {
  std::sort(pairs.begin(), pairs.end());
  return pairs;
}

std::string signed_headers(const Signable& request) {
  std::string names;
  for (auto& [name, value] : sorted(request.headers)) names += (names.empty() ? "" : ";") + name;
  return names;
}

std::string canonical_request(const Signable& request) {
  auto text = request.method + "\n" + request.path + "\n" + canonical_query(request.query) + "\n";
  for (auto& [name, value] : sorted(request.headers))
    text += name + ":" + std::string(trim(value)) + "\n";
  return text + "\n" + signed_headers(request) + "\n" + request.payload;
}

// The secret key itself signs nothing: what is derived from it holds for one day and one place.
std::string signature(const Signable& request, const SigningScope& scope, const AccessKeys& keys) {
  auto to_sign = std::string(kAlgorithm) + "\n" + amz_time(scope.time_ms) + "\n" +
                 scope_text(scope) + "\n" + hex(hash_of<Sha256>(canonical_request(request)));
  auto key = hmac_sha256("AWS4" + keys.secret, date_of(scope));
  for (std::string_view part : {std::string_view(scope.region), std::string_view(scope.service),
                                std::string_view("aws4_request"), std::string_view(to_sign)})
    key = hmac_sha256(text_of(key), part);
  return hex(key);
}

}  // namespace

std::string amz_time(std::uint64_t ms) {
  auto text = iso_time(ms).substr(0, sizeof "2013-05-24T00:00:00" - 1);
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text + "Z";
}

std::string canonical_query(const Pairs& query) {
  Pairs encoded;
  for (auto& [name, value] : query)
    encoded.emplace_back(percent_encode(name), percent_encode(value));
  std::string text;
  for (auto& [name, value] : sorted(std::move(encoded)))
    text += (text.empty() ? "" : "&") + name + "=" + value;
  return text;
}

std::string authorization(const Signable& request, const SigningScope& scope,
                          const AccessKeys& keys) {
  return std::string(kAlgorithm) + " Credential=" + keys.access + "/" + scope_text(scope) +
         ",SignedHeaders=" + signed_headers(request) +
         ",Signature=" + signature(request, scope, keys);
}

std::string presigned_query(Signable request, const SigningScope& scope, const AccessKeys& keys,
                            std::chrono::seconds lifetime) {
  constexpr std::chrono::seconds longest = std::chrono::days(7);
  lifetime = std::clamp(lifetime, std::chrono::seconds(1), longest);
  auto& query = request.query;
  query.emplace_back("X-Amz-Algorithm", kAlgorithm);
  query.emplace_back("X-Amz-Credential", keys.access + "/" + scope_text(scope));
  query.emplace_back("X-Amz-Date", amz_time(scope.time_ms));
  query.emplace_back("X-Amz-Expires", std::to_string(lifetime.count()));
  query.emplace_back("X-Amz-SignedHeaders", signed_headers(request));
  if (!keys.session_token.empty()) query.emplace_back("X-Amz-Security-Token", keys.session_token);
  return canonical_query(query) + "&X-Amz-Signature=" + signature(request, scope, keys);
}

}  // namespace coffer
