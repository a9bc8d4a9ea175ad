#include "digest/hash.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstdlib>
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

Sha256 hmac_sha256(std::string_view key, std::string_view text) {
  Sha256 code;
  if (!::HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(text).data(),
              text.size(), code.data(), nullptr))
    std::abort();
  return code;
}

}  // namespace coffer
