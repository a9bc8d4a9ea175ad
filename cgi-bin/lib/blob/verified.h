// VerifiedSource: bytes that are what they claim to be. Who takes bytes in, or hands them on, reads
// through it.
//
//   VerifiedSource verified(bytes, name, size);
//   auto copied = copy(verified, sink);   // Errc::data_loss: keep nothing of what sink got

#pragma once

#include "base/stream.h"
#include "digest/digester.h"

namespace coffer {

class VerifiedSource : public Source {
 public:
  /// `source` must outlive it.
  VerifiedSource(Source& source, const Sha256& name, std::uint64_t size)
      : source_(source), name_(name), left_(size) {}

  /// As `source` does, but fails with Errc::data_loss instead of handing out the last bytes,
  /// or the end, if they were fewer or more than `size` or do not hash to `name`.
  Result<std::size_t> read(std::span<char> buffer) override;

 private:
  Result<> check_end();

  Source& source_;
  Sha256 name_;
  std::uint64_t left_;
  bool checked_ = false;
  Digester digester_;
};

}  // namespace coffer
