// Source and Sink: how bytes travel, one buffer at a time.
//
// Request bodies, files on disk and blobs in any store are all Sources, so one
// copy() serves upload, download and the checker, and no file is ever held whole
// in memory.

#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace coffer {

class Source {
 public:
  virtual ~Source() = default;

  /// Fills the front of `buffer`. Returns how many bytes it wrote; 0 is the end.
  virtual Result<std::size_t> read(std::span<char> buffer) = 0;
};

using Sink = std::function<Result<>(std::string_view bytes)>;

/// A Source of bytes that are in memory already.
class StringSource : public Source {
 public:
  explicit StringSource(std::string text) : text_(std::move(text)) {}
  Result<std::size_t> read(std::span<char> buffer) override;

 private:
  std::string text_;
  std::size_t offset_ = 0;
};

/// Pumps `from` into `to` until the end or the first error. Returns the count.
Result<std::uint64_t> copy(Source& from, const Sink& to);

/// All of `from`, or Errc::too_large if that is more than `limit` bytes.
Result<std::string> read_all(Source& from, std::size_t limit);

}  // namespace coffer
