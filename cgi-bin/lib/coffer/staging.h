// Staging: uploads on their way in, on the disk of the local store.
//
// A process that receives has a folder of its own there and holds a lock on it while it lives.
// What is in a folder that nobody holds is what a killed process left behind, and goes
// (sweep_staging()). The folder is made by the first upload: all else runs on a full disk too.

#pragma once

#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/sync.h"
#include "digest/digest.h"

namespace coffer {

/// A file that has come in, complete and (unless it says otherwise) durable, under a name that is
/// not its own yet.
/// It is removed when this goes out of scope; the store has a link of its own by then.
class Staged {
 public:
  Staged() = default;
  explicit Staged(std::filesystem::path path) : path_(std::move(path)) {}
  Staged(Staged&& other) noexcept;
  Staged& operator=(Staged&& other) noexcept;
  ~Staged();

  const std::filesystem::path& path() const { return path_; }

  /// Leaves the file where it is.
  void keep() { path_.clear(); }

  Digests digests;
  std::uint64_t size = 0;
  bool synced = true;

 private:
  std::filesystem::path path_;
};

class Staging {
 public:
  /// Uploads leave `keep_free` bytes of the disk of `directory` alone.
  Staging(std::filesystem::path directory, std::uint64_t keep_free)
      : directory_(std::move(directory)), keep_free_(keep_free) {}
  ~Staging();

  /// How many bytes the disk has left for uploads.
  Result<std::uint64_t> room() const;

  /// Errc::no_space if that is less than `bytes`.
  Result<> has_room(std::uint64_t bytes) const;

  /// Takes in what `bytes` gives until its end, which is at most `most` bytes, and computes
  /// its digests. The disk space is set aside first: Errc::no_space before a byte is read.
  /// What is returned is synced to the disk.
  Result<Staged> receive(Source& bytes, std::uint64_t most) { return receive(bytes, most, true); }

  /// The same, but it is for the caller to sync the disk before anybody relies on the file.
  Result<Staged> receive_unsynced(Source& bytes, std::uint64_t most) {
    return receive(bytes, most, false);
  }

  /// For files of receive_unsynced() from now on.
  Result<SyncPoint> sync_point() const { return SyncPoint::open(directory_); }

  /// A file to write to and read again, without a name: gone when it is closed.
  Result<Fd> scratch();

  /// The name of this process's folder, for the rows of uploads that it has under way.
  Result<std::string> name();

 private:
  Result<std::filesystem::path> own();
  Result<Staged> receive(Source& bytes, std::uint64_t most, bool synced);

  std::filesystem::path directory_;
  std::uint64_t keep_free_;
  std::mutex mutex_;
  std::filesystem::path own_;
  Fd lock_;
};

/// Removes the folders below `directory` that no process holds. Returns the names of those
/// that are held.
Result<std::vector<std::string>> sweep_staging(const std::filesystem::path& directory);

}  // namespace coffer
