// Pair: what is agreed on about two database servers, in one small file beside the blobs.
//
//   primary 1
//   in_step yes
//
// It is the referee: a server that comes back from the dead believes what it believed before, and
// nobody writes to it unless the file says so. `in_step` is taken back, durably, before the primary
// may commit without its replica, so that "yes" means: what was acknowledged is on both.
// `watcher` and `coffer replica` write the file; every program reads it.

#pragma once

#include <chrono>
#include <filesystem>

#include "base/file.h"
#include "base/result.h"

namespace coffer {

/// How long a look at the file is good for: who makes another server the primary waits that long
/// before it is opened, and then nobody writes to the old one any more.
inline constexpr std::chrono::milliseconds kPairGood{100};

struct Pair {
  unsigned primary = 1;  // node 1 is [database] in coffer.conf, node 2 is [replica]
  bool in_step = false;

  unsigned replica() const { return 3 - primary; }
  bool operator==(const Pair&) const = default;
};

/// Reads `directory`/pair. Without that file node 1 is the primary, and out of step.
/// Errc::unavailable if there is something else in it.
Result<Pair> read_pair(const std::filesystem::path& directory);

/// Replaces `directory`/pair; durable when it returns.
Result<> write_pair(const std::filesystem::path& directory, const Pair& pair);

/// Held by whoever is about to change the pair, as long as it is open. Waits for its turn.
Result<Fd> lock_pair(const std::filesystem::path& directory);

}  // namespace coffer
