// Hasher: a share of the work on one stream. Between Digester and DigestPipe, who cut the
// stream into pieces, and the two backends, who know the algorithms.

#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "digest/digester.h"

namespace coffer {

class Hasher {
 public:
  virtual ~Hasher() = default;
  virtual void update(std::string_view bytes) = 0;

  /// Fills in the digests that are its share. Call once.
  virtual void finish(Digests& digests) = 0;
};

/// Hashers that compute all five digests between them. Each needs every byte and none
/// needs another, so they may run in threads of their own; the shares are about equal.
std::vector<std::unique_ptr<Hasher>> new_hashers(Backend backend);

std::vector<std::unique_ptr<Hasher>> new_openssl_hashers();

/// Calls `use` with one slice of `bytes` after the other, each small enough to stay in the
/// first cache while one algorithm after the other reads it.
template <class Use>
void for_each_slice(std::string_view bytes, Use use) {
  constexpr std::size_t kSlice = 16 * 1024;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(kSlice, bytes.size())))
    use(bytes.substr(0, kSlice));
}

}  // namespace coffer
