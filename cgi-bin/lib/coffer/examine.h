// examine(): whether a copy is what it should be, and what follows if it is not.

#pragma once

#include "blob/check.h"
#include "coffer/stores.h"

namespace coffer {

struct Finding {
  bool damaged = false;
  Depth depth = Depth::stat;  // how deep it had to look
};

/// Looks at a copy, or reads it, and notes what it found. No reader is sent to a damaged copy,
/// nothing is made from it, and whoever makes copies makes it anew if there is a good one. What is
/// left of it on the local disk is moved to store/quarantine, never removed: it may be the last
/// there is. An error says that the store could not be asked, and nothing about the copy.
Result<Finding> examine(App& app, Stores& stores, const BlobCopy& copy, Depth depth);

}  // namespace coffer
