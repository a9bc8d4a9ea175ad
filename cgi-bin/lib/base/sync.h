// SyncPoint: much that is small made durable at once.
//
//   auto point = SyncPoint::open(directory);   // before the first byte is written
//   ... write files, close them ...
//   point->sync(paths);
//
// fsync(2) of a small file is mostly waiting for the disk, and syncfs(2) waits once for all.

#pragma once

#include <filesystem>
#include <set>

#include "base/file.h"

namespace coffer {

class SyncPoint {
 public:
  /// For what is written from now on to the disk of `directory`.
  static Result<SyncPoint> open(const std::filesystem::path& directory);

  /// Makes the files and directories `paths` durable, and with them whatever else waits on that
  /// disk. An error is final, as that of sync_file(); it may have been of somebody else's bytes.
  Result<> sync(const std::set<std::filesystem::path>& paths);

 private:
  Fd fd_;
  std::filesystem::path directory_;
  bool all_at_once_ = false;
};

}  // namespace coffer
