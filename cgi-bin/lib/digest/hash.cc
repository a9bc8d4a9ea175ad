#include "digest/hash.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <type_traits>

#include "base/text.h"

namespace coffer {
namespace {

// OpenSSL's digests fail only where memory is out, or where an operator has switched an
// algorithm off. There is no digest to go on with then, and none may be made up.
void require(bool done) {
  if (!done) throw std::runtime_error("OpenSSL cannot compute a digest");
}

template <class Digest>
constexpr const char* kName = std::is_same_v<Digest, Md5>    ? "MD5"
                              : std::is_same_v<Digest, Sha1> ? "SHA1"
                                                             : "SHA256";

// EVP_md5() and its like look their algorithm up at every start; one fetch for the whole
// process makes a small file's digests four times cheaper.
template <class Digest>
const EVP_MD* algorithm() {
  static const EVP_MD* fetched = EVP_MD_fetch(nullptr, kName<Digest>, nullptr);
  require(fetched != nullptr);
  return fetched;
}

}  // namespace

template <class Digest>
void Hash<Digest>::Free::operator()(evp_md_ctx_st* context) const {
  EVP_MD_CTX_free(context);
}

template <class Digest>
Hash<Digest>::Hash() : context_(EVP_MD_CTX_new()) {
  require(context_ && EVP_DigestInit_ex(context_.get(), algorithm<Digest>(), nullptr));
}

template <class Digest>
void Hash<Digest>::update(std::string_view bytes) {
  require(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
}

template <class Digest>
Digest Hash<Digest>::finish() {
  Digest digest;
  require(EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr));
  return digest;
}

template class Hash<Sha256>;
template class Hash<Sha1>;
template class Hash<Md5>;

Hmac::Hmac(std::string_view key) {
  std::array<unsigned char, 64> inner{}, outer{};  // a block of SHA-256
  auto digest = key.size() > inner.size() ? hash_of<Sha256>(key) : Sha256{};
  if (key.size() > inner.size()) key = text_of(digest);
  std::ranges::copy(key, inner.begin());
  for (std::size_t i = 0; i < inner.size(); i++) {
    outer[i] = inner[i] ^ 0x5c;
    inner[i] ^= 0x36;
  }
  inner_.update(text_of(inner));
  outer_.update(text_of(outer));
}

Sha256 Hmac::finish() {
  outer_.update(text_of(inner_.finish()));
  return outer_.finish();
}

Sha256 hmac_sha256(std::string_view key, std::string_view text) {
  Hmac code(key);
  code.update(text);
  return code.finish();
}

}  // namespace coffer
