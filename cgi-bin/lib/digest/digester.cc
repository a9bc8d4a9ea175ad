#include "digest/digester.h"

#include "digest/fused.h"
#include "digest/hasher.h"

namespace coffer {

Backend best_backend() {
  static const Backend best = can_fuse() ? Backend::fused : Backend::openssl;
  return best;
}

Hashers new_hashers(Backend backend) {
  return backend == Backend::fused ? new_fused_hashers() : new_openssl_hashers();
}

struct Digester::State {
  Hashers hashers;
};

Digester::Digester(Backend backend) : state_(new State{new_hashers(backend)}) {}
Digester::Digester(Digester&&) noexcept = default;
Digester::~Digester() = default;

void Digester::update(std::string_view bytes) {
  for_each_slice(bytes, [&](std::string_view slice) {
    for (auto& hasher : state_->hashers) hasher->update(slice);
  });
}

Digests Digester::finish() {
  Digests digests;
  for (auto& hasher : state_->hashers) hasher->finish(digests);
  return digests;
}

}  // namespace coffer
