#include "http/body.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace coffer {

// Of several bytes FCGX_GetStr would wait for all, and with a byte now and then that is for ever.
// For one it waits until a read has brought some, and those are then in its buffer.
Result<> Body::wait() {
  auto start = std::chrono::steady_clock::now();
  int first = FCGX_GetChar(&in_);
  waited_ += std::chrono::steady_clock::now() - start;
  if (first == EOF) {
    int error = FCGX_GetError(&in_);
    if (error == EAGAIN || error == EWOULDBLOCK)
      return Error{Errc::timed_out, "the rest of the body did not come"};
    return Error{Errc::invalid_argument, "the body is shorter than its Content-Length"};
  }
  FCGX_UnGetChar(first, &in_);
  came_ += static_cast<std::uint64_t>(in_.stop - in_.rdNext);
  if (waited_ < patience_.span) return {};
  if (came_ < patience_.least) return Error{Errc::timed_out, "the body comes too slowly"};
  waited_ = {};
  came_ = 0;
  return {};
}

Result<std::size_t> Body::read(std::span<char> buffer) {
  auto most = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), left_));
  std::size_t count = 0;
  while (count < most) {
    if (in_.rdNext == in_.stop)
      if (auto waited = failed_ ? *failed_ : wait(); !waited) {
        // What has come before is not lost with what has not.
        if (count == 0) return waited.error();
        failed_ = waited;
        break;
      }
    auto n = std::min(most - count, static_cast<std::size_t>(in_.stop - in_.rdNext));
    std::memcpy(buffer.data() + count, in_.rdNext, n);
    in_.rdNext += n;
    count += n;
  }
  left_ -= count;
  return count;
}

}  // namespace coffer
