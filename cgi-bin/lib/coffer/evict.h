// evict(): local bytes that may go, because [tier] says so and they are elsewhere.

#pragma once

#include <atomic>

#include "coffer/stores.h"

namespace coffer {

struct Evicted {
  std::uint64_t blobs = 0;
  std::uint64_t bytes = 0;
};

/// Lets local copies go that have been here long enough or, while the disk has too little free, the
/// oldest. Every store of [tier] has the blob, and is asked about it once more before; then nobody
/// is sent to the local copy any more, and only after [tier]'s linger_seconds, which is longer than
/// any request needs to open it, are its bytes removed: by a later call. What this call removed.
Result<Evicted> evict(App& app, Stores& stores, const std::atomic<bool>& stop);

}  // namespace coffer
