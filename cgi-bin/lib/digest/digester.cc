#include "digest/digester.h"

#include "digest/hasher.h"

namespace coffer {

struct Digester::State {
  std::vector<std::unique_ptr<Hasher>> hashers;
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
