// Body: the bytes of a request, from a client that may be slow but not endlessly so.
//
//   Body body(*request.in, length, Patience{});

#pragma once

#include <fcgiapp.h>

#include <chrono>
#include <cstdint>
#include <optional>

#include "base/stream.h"

namespace coffer {

/// How long a client is waited for: until it has been silent for so long, or has sent less than
/// `least` bytes in a `span` of waiting. 32 KiB a minute are 4.4 kbit/s, half of what one slot of
/// GPRS gives; somebody who means to hold a thread has at least to pay for it.
struct Patience {
  std::chrono::milliseconds silence{60'000};
  std::chrono::milliseconds span{60'000};
  std::uint64_t least = 32 * 1024;
};

/// Only time spent waiting counts: a disk of ours that stalls is no fault of the client's.
class Body : public Source {
 public:
  Body(FCGX_Stream& in, std::uint64_t length, const Patience& patience)
      : in_(in), left_(length), patience_(patience) {}

  /// As many bytes as fit into `buffer` and are still to come, or
  /// Errc::timed_out for a client that is too slow, Errc::invalid_argument for one that is gone.
  Result<std::size_t> read(std::span<char> buffer) override;

 private:
  Result<> wait();

  FCGX_Stream& in_;
  std::uint64_t left_;
  Patience patience_;
  std::chrono::nanoseconds waited_{};  // in this span
  std::uint64_t came_ = 0;             // in this span
  std::optional<Result<>> failed_;     // what the next read() says
};

}  // namespace coffer
