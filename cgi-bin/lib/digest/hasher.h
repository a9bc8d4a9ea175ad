// Hasher: a share of the work on one stream. Between Digester and DigestPipe, who cut the
// stream into pieces, and the two backends, who know the algorithms.

#pragma once

#include <algorithm>
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

using Hashers = std::vector<std::unique_ptr<Hasher>>;

/// Hashers that compute all five digests between them. Each needs every byte and none
/// needs another, so they may run in threads of their own; the shares are about equal.
Hashers new_hashers(Backend backend);

Hashers new_openssl_hashers();  // two: MD5 cannot use the processor's width, and takes as
                                // long as the other four together
Hashers new_fused_hashers();    // one, in the time of MD5 alone; only where can_fuse()

/// Calls `use` with one slice of `bytes` after the other, each small enough to stay in the
/// first cache while one algorithm after the other reads it.
template <class Use>
void for_each_slice(std::string_view bytes, Use use) {
  constexpr std::size_t kSlice = 16 * 1024;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(kSlice, bytes.size())))
    use(bytes.substr(0, kSlice));
}

}  // namespace coffer
