// BlobStore: immutable bytes, named by their SHA-256. The narrow waist between
// Coffer and the place where the bytes live.
//
// Every store keeps four promises, and tests/unit/blob_store_suite.h holds each
// of them to all four:
//   - a blob is there whole or not at all, also after a crash in the middle of put();
//   - put() of a blob that is already there succeeds and changes nothing;
//   - remove() of a blob that is not there succeeds;
//   - an error with Errc::unavailable may pass if the caller tries again; no other will.
//
// A store that is reached over a network may carry out a request long after its client gave up.
// So there every copy that is ever made of a blob has a key of its own, by its serial number: what
// comes late then meets nothing that matters.

#pragma once

#include <compare>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/stream.h"
#include "digest/digest.h"

namespace coffer {

struct ByteRange {
  std::uint64_t offset = 0;
  std::uint64_t length = UINT64_MAX;  // to the end
};

/// What a store calls one copy of a blob. On the local disk, where no request outlives who made
/// it, there is one copy, and its serial number is 0.
struct Key {
  Key() = default;
  Key(const Sha256& its_blob, std::uint64_t its_serial = 0) : blob(its_blob), serial(its_serial) {}
  auto operator<=>(const Key&) const = default;

  Sha256 blob{};
  std::uint64_t serial = 0;
};

/// "9f86d081…", for a serial number other than 0 with that behind a dot:
/// "9f86d081….00000000000000ff". Texts sort as their keys do. The key of such a text, or nothing if
/// it is none.
std::string key_text(const Key& key);
std::optional<Key> parse_key(std::string_view text);

/// What a store says of a blob without reading it. Only the size it always knows.
struct Stat {
  std::uint64_t size = 0;
  std::string etag{};             // of an S3 object, without its quotes
  std::optional<Crc64> crc64{};   // of all its bytes, as the store has worked it out
  std::uint64_t modified_ms = 0;  // since 1970, by the store's clock; 0 if it does not say
};

/// Opens a part of some bytes, as often as need be: to digest it, to send it, to send it again.
/// Another store's get() is one.
using Opener = std::function<Result<std::unique_ptr<Source>>(ByteRange range)>;

class BlobStore {
 public:
  virtual ~BlobStore() = default;

  /// Reads `size` bytes and keeps them. Errc::data_loss if they are fewer, more, or do
  /// not hash to the key's blob; nothing is kept then. Returns the ETag that stat() must say from
  /// now on, worked out here and not taken from the store; empty where there are no ETags.
  virtual Result<std::string> put(const Key& key, const Opener& bytes, std::uint64_t size) = 0;

  /// The bytes in `range`; {} is the whole blob. Errc::not_found. A range past the end is empty.
  virtual Result<std::unique_ptr<Source>> get(const Key& key, ByteRange range) = 0;

  /// Errc::not_found if there is no such blob.
  virtual Result<Stat> stat(const Key& key) = 0;

  /// The blob is gone, durably, and so is what a put() of it that was cut short has left.
  virtual Result<> remove(const Key& key) = 0;

  /// Up to `limit` keys in order, each greater than `after`; empty at the end.
  /// The first page is after nothing.
  virtual Result<std::vector<Key>> list(const std::optional<Key>& after, std::size_t limit) = 0;

  /// Keys, up to a thousand, of which a put() was begun and not ended: now, or by a crash.
  virtual Result<std::vector<Key>> unfinished() { return std::vector<Key>{}; }

  /// The blob as a local file, for stores that have one: lighttpd then sends it itself.
  virtual std::optional<std::filesystem::path> path(const Key&) const { return {}; }
};

}  // namespace coffer
