#include "base/sync.h"

#include <fcntl.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>

namespace coffer {
namespace {

// File systems of which syncfs() makes durable what fsync() would: ext4, XFS, Btrfs and F2FS, by
// their numbers in linux/magic.h. A network's or a user's may not do so.
constexpr unsigned long kSyncfsIsEnough[] = {0xef53, 0x58465342, 0x9123683e, 0xf2f52010};

}  // namespace

Result<SyncPoint> SyncPoint::open(const std::filesystem::path& directory) {
  auto fd = open_file(directory, O_RDONLY | O_DIRECTORY);
  if (!fd) return fd.error();
  struct statfs disk;
  if (::fstatfs(fd->get(), &disk) != 0) return system_error("look at the disk of", directory);
  SyncPoint point;
  point.all_at_once_ =
      std::ranges::find(kSyncfsIsEnough, static_cast<unsigned long>(disk.f_type)) !=
      std::end(kSyncfsIsEnough);
  point.fd_ = std::move(*fd);
  point.directory_ = directory;
  return point;
}

// Since Linux 5.8 syncfs() reports what could not be written since the descriptor was opened.
Result<> SyncPoint::sync(const std::set<std::filesystem::path>& paths) {
  if (all_at_once_) {
    if (::syncfs(fd_.get()) != 0) return system_error("sync the disk of", directory_);
    return {};
  }
  for (const auto& path : paths) {
    auto fd = open_file(path, O_RDONLY);
    if (!fd) return fd.error();
    if (auto synced = sync_file(fd->get(), path); !synced) return synced;
  }
  return {};
}

}  // namespace coffer
