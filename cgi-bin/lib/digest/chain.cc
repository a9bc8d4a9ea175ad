// What a chain has come to is not to be had from EVP; the functions below it say it, and are
// marked for that as not for new programs.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "digest/chain.h"

#include <openssl/md5.h>
#include <openssl/sha.h>

#include <algorithm>

namespace coffer {

void chain(FusedState& state, const std::uint8_t* blocks, std::size_t count) {
  auto& m = state.md5;
  MD5_CTX md5{};
  md5.A = m[0], md5.B = m[1], md5.C = m[2], md5.D = m[3];
  MD5_Update(&md5, blocks, count * kBlock);
  m = {md5.A, md5.B, md5.C, md5.D};

  auto& s = state.sha1;
  SHA_CTX sha1{};
  sha1.h0 = s[0], sha1.h1 = s[1], sha1.h2 = s[2], sha1.h3 = s[3], sha1.h4 = s[4];
  SHA1_Update(&sha1, blocks, count * kBlock);
  s = {sha1.h0, sha1.h1, sha1.h2, sha1.h3, sha1.h4};

  SHA256_CTX sha256{};
  sha256.md_len = SHA256_DIGEST_LENGTH;
  std::copy(state.sha256.begin(), state.sha256.end(), sha256.h);
  SHA256_Update(&sha256, blocks, count * kBlock);
  std::copy_n(sha256.h, state.sha256.size(), state.sha256.begin());
}

}  // namespace coffer
