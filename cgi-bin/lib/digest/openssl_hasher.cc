#include <openssl/evp.h>

#include <stdexcept>

#include "digest/crc.h"
#include "digest/hasher.h"

namespace coffer {
namespace {

// OpenSSL's digests fail only where memory is out, or where an operator has switched an
// algorithm off. There is no digest to go on with then, and none may be made up.
void require(bool done) {
  if (!done) throw std::runtime_error("OpenSSL cannot compute a digest");
}

// EVP_md5() and its like look their algorithm up at every start; one fetch for the whole
// process makes a small file's digests four times cheaper.
const EVP_MD* fetched(const char* name) {
  const EVP_MD* algorithm = EVP_MD_fetch(nullptr, name, nullptr);
  require(algorithm != nullptr);
  return algorithm;
}

class Evp {
 public:
  explicit Evp(const EVP_MD* algorithm) : context_(EVP_MD_CTX_new()) {
    require(context_ && EVP_DigestInit_ex(context_.get(), algorithm, nullptr));
  }

  void update(std::string_view bytes) {
    require(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
  }

  void finish(std::uint8_t* digest) {
    require(EVP_DigestFinal_ex(context_.get(), digest, nullptr));
  }

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> context_;
};

const EVP_MD* md5() {
  static const EVP_MD* algorithm = fetched("MD5");
  return algorithm;
}

const EVP_MD* sha1() {
  static const EVP_MD* algorithm = fetched("SHA1");
  return algorithm;
}

const EVP_MD* sha256() {
  static const EVP_MD* algorithm = fetched("SHA256");
  return algorithm;
}

class Md5Hasher : public Hasher {
 public:
  void update(std::string_view bytes) override { md5_.update(bytes); }
  void finish(Digests& digests) override { md5_.finish(digests.md5.data()); }

 private:
  Evp md5_{md5()};
};

class OtherHasher : public Hasher {
 public:
  void update(std::string_view bytes) override {
    crcs_.update(bytes);
    sha1_.update(bytes);
    sha256_.update(bytes);
  }

  void finish(Digests& digests) override {
    crcs_.finish(digests);
    sha1_.finish(digests.sha1.data());
    sha256_.finish(digests.sha256.data());
  }

 private:
  Crcs crcs_;
  Evp sha1_{sha1()};
  Evp sha256_{sha256()};
};

}  // namespace

Hashers new_openssl_hashers() {
  Hashers hashers;
  hashers.push_back(std::make_unique<Md5Hasher>());
  hashers.push_back(std::make_unique<OtherHasher>());
  return hashers;
}

}  // namespace coffer
