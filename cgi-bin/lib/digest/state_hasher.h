// StateHasher: all five digests by one kernel, from a state that others have left.

#pragma once

#include "digest/hasher.h"
#include "digest/state.h"

namespace coffer {

class StateHasher : public Hasher {
 public:
  explicit StateHasher(Backend backend, const DigestState& state = {});

  void update(std::string_view bytes) override;
  void finish(Digests& digests) override;

  const DigestState& state() const { return state_; }

 private:
  void hold(std::string_view bytes);
  FusedState padded(const std::array<std::uint8_t, 8>& length) const;

  void (*take_)(FusedState&, const std::uint8_t*, std::size_t);
  DigestState state_;
};

}  // namespace coffer
