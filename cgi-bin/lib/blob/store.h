// BlobStore: immutable bytes, named by their SHA-256. The narrow waist between
// Coffer and the place where the bytes live.
//
// Every store keeps four promises, and tests/unit/blob_store_suite.h holds each
// of them to all four:
//   - a blob is there whole or not at all, also after a crash in the middle of put();
//   - put() of a blob that is already there succeeds and changes nothing;
//   - remove() of a blob that is not there succeeds;
//   - an error with Errc::unavailable may pass if the caller tries again; no other will.

#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "base/stream.h"
#include "digest/digest.h"

namespace coffer {

struct ByteRange {
  std::uint64_t offset = 0;
  std::uint64_t length = UINT64_MAX;  // to the end
};

class BlobStore {
 public:
  virtual ~BlobStore() = default;

  /// Reads `size` bytes and keeps them. Errc::data_loss if they are fewer, more, or do
  /// not hash to `name`; nothing is kept then.
  virtual Result<> put(const Sha256& name, Source& bytes, std::uint64_t size) = 0;

  /// The bytes in `range`; {} is the whole blob. Errc::not_found. A range past the end is empty.
  virtual Result<std::unique_ptr<Source>> get(const Sha256& name, ByteRange range) = 0;

  /// The blob's size, or Errc::not_found.
  virtual Result<std::uint64_t> stat(const Sha256& name) = 0;

  /// The blob is gone, durably.
  virtual Result<> remove(const Sha256& name) = 0;

  /// Up to `limit` names in order, each greater than `after`; empty at the end.
  /// The first page is after nothing.
  virtual Result<std::vector<Sha256>> list(const std::optional<Sha256>& after,
                                           std::size_t limit) = 0;

  /// The blob as a local file, for stores that have one: lighttpd then sends it itself.
  virtual std::optional<std::filesystem::path> path(const Sha256&) const { return {}; }
};

}  // namespace coffer
