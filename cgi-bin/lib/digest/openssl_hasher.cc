#include "digest/crc.h"
#include "digest/hash.h"
#include "digest/hasher.h"

namespace coffer {
namespace {

class Md5Hasher : public Hasher {
 public:
  void update(std::string_view bytes) override { md5_.update(bytes); }
  void finish(Digests& digests) override { digests.md5 = md5_.finish(); }

 private:
  Hash<Md5> md5_;
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
    digests.sha1 = sha1_.finish();
    digests.sha256 = sha256_.finish();
  }

 private:
  Crcs crcs_;
  Hash<Sha1> sha1_;
  Hash<Sha256> sha256_;
};

}  // namespace

Hashers new_openssl_hashers() {
  Hashers hashers;
  hashers.push_back(std::make_unique<Md5Hasher>());
  hashers.push_back(std::make_unique<OtherHasher>());
  return hashers;
}

}  // namespace coffer
