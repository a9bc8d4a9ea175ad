// Hash: one digest of a stream, where a protocol asks for that one and not for all five; and HMAC.
//
//   Hash<Md5> hash;
//   hash.update(bytes);
//   base64(hash.finish());

#pragma once

#include <memory>
#include <string_view>

#include "digest/digest.h"

struct evp_md_ctx_st;  // OpenSSL's

namespace coffer {

/// Of a Sha256, Sha1 or Md5, by OpenSSL.
template <class Digest>
class Hash {
 public:
  Hash();

  void update(std::string_view bytes);

  /// Call once; the hash is spent afterwards.
  Digest finish();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

extern template class Hash<Sha256>;
extern template class Hash<Sha1>;
extern template class Hash<Md5>;

/// The digest of bytes that are in memory: hash_of<Sha256>("abc").
template <class Digest>
Digest hash_of(std::string_view bytes) {
  Hash<Digest> hash;
  hash.update(bytes);
  return hash.finish();
}

/// RFC 2104 with SHA-256.
class Hmac {
 public:
  explicit Hmac(std::string_view key);

  void update(std::string_view bytes) { inner_.update(bytes); }

  /// Call once; the code is spent afterwards.
  Sha256 finish();

 private:
  Hash<Sha256> inner_, outer_;
};

/// The same of bytes that are in memory.
Sha256 hmac_sha256(std::string_view key, std::string_view text);

}  // namespace coffer
