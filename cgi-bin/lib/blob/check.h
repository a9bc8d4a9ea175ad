// check_copy(): whether a store has the bytes that it should, asked by a request of its own.

#pragma once

#include "blob/store.h"

namespace coffer {

/// What a copy must be like: the digests from when the bytes came in, and the ETag that put()
/// worked out, where there was one.
struct Expected {
  Digests digests;
  std::uint64_t size = 0;
  std::string etag;
};

/// How sure to be: by what the store says of the bytes, if it says enough, or by reading them.
enum class Depth { stat, read };

/// How the bytes were found to be right. Errc::data_loss if the store has other bytes,
/// Errc::not_found if it has none. What a store says is enough if it is their CRC-64, their MD5 or
/// the expected ETag; if not, they are read.
Result<Depth> check_copy(BlobStore& store, const Key& key, const Expected& expected, Depth depth);

}  // namespace coffer
