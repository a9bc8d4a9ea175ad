#include "digest/token.h"

#include <unistd.h>

#include <cstdlib>

#include "base/text.h"
#include "digest/hash.h"

namespace coffer {

void fill_random(std::span<std::uint8_t> bytes) {
  constexpr std::size_t kMost = 256;  // that getentropy(3) gives at once
  for (; !bytes.empty(); bytes = bytes.subspan(std::min(kMost, bytes.size())))
    if (::getentropy(bytes.data(), std::min(kMost, bytes.size())) != 0) std::abort();
}

std::string random_token() {
  std::array<std::uint8_t, 32> bytes;
  fill_random(bytes);
  return base64url(bytes);
}

Sha256 token_hash(std::string_view token) { return hash_of<Sha256>(token); }

std::string derive_token(std::string_view token, std::string_view purpose) {
  return base64url(hmac_sha256(token, purpose));
}

std::string prove_token(std::string_view token) {
  auto salt = random_token();
  return salt + derive_token(token, salt);
}

bool proves_token(std::string_view proof, std::string_view token) {
  auto salt = proof.substr(0, proof.size() / 2);
  return !token.empty() && !salt.empty() &&
         equal_secrets(proof.substr(salt.size()), derive_token(token, salt));
}

}  // namespace coffer
