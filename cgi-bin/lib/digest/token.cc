#include "digest/token.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <unistd.h>

#include <cstdlib>

#include "base/text.h"

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

Sha256 token_hash(std::string_view token) {
  Sha256 digest;
  ::SHA256(bytes_of(token).data(), token.size(), digest.data());
  return digest;
}

std::string derive_token(std::string_view token, std::string_view purpose) {
  Sha256 code;
  if (!::HMAC(EVP_sha256(), token.data(), static_cast<int>(token.size()), bytes_of(purpose).data(),
              purpose.size(), code.data(), nullptr))
    std::abort();  // only without memory; a code that was not computed could be guessed
  return base64url(code);
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
