#include "coffer/examine.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "meta/transfer.h"

namespace coffer {
namespace {

namespace fs = std::filesystem;

// Tells a file from one that has taken its place.
struct Identity {
  ino_t inode = 0;
  timespec changed{};

  bool operator==(const Identity& other) const {
    return inode == other.inode && changed.tv_sec == other.changed.tv_sec &&
           changed.tv_nsec == other.changed.tv_nsec;
  }
};

Identity identity_of(const fs::path& file) {
  struct stat info;
  if (::lstat(file.c_str(), &info) != 0) return {};
  return {.inode = info.st_ino, .changed = info.st_ctim};
}

Result<> quarantine(App& app, const fs::path& file) {
  auto folder = app.config.store / "quarantine";
  std::error_code error;
  fs::create_directories(folder, error);
  auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  auto aside = folder / (file.filename().string() + "." + std::to_string(ms.count()));
  if (::rename(file.c_str(), aside.c_str()) != 0)
    return errno == ENOENT ? Result<>{} : system_error("set aside", file);
  if (auto synced = sync_directory(folder); !synced) return synced;
  return sync_directory(file.parent_path());
}

// Under the blob's lock no upload and no mover can rely on the file. False if it is another one by
// now, or is about to go anyway.
Result<bool> set_aside(App& app, Transaction& tx, const BlobCopy& copy, const Identity& looked_at) {
  const Sha256& name = copy.blob.digests.sha256;
  auto blob = lock_blob(tx, name);
  if (!blob) return blob.error();
  auto copies = find_copies(tx, name);
  if (!copies) return copies.error();
  auto local = std::ranges::find(*copies, kLocal, &Copy::store);
  auto file = *app.local->path(name);
  if (!*blob || local == copies->end() || local->leaving || !(identity_of(file) == looked_at))
    return false;
  if (auto moved = quarantine(app, file); !moved) return moved.error();
  if (auto marked = mark_damaged(tx, name, copy.copy); !marked) return marked.error();
  if (std::ranges::any_of(*copies,
                          [](const Copy& other) { return other.good() && other.store != kLocal; }))
    if (auto wanted = recall(tx, name); !wanted) return wanted.error();
  return true;
}

// False if it has gone meanwhile, or is another one.
Result<bool> note_damage(App& app, const BlobCopy& copy, const Identity& looked_at,
                         const Error& error) {
  const Sha256& name = copy.blob.digests.sha256;
  auto noted = transact(app.database, [&](Transaction& tx) -> Result<bool> {
    if (copy.copy.store == kLocal) return set_aside(app, tx, copy, looked_at);
    auto blob = lock_blob(tx, name);
    if (!blob) return blob.error();
    if (auto marked = mark_damaged(tx, name, copy.copy); !marked) return marked.error();
    return blob->has_value();
  });
  if (!noted) return noted.error();
  if (!*noted) return false;
  Log("copy")
      .add("event", "damaged")
      .add("sha256", hex(name))
      .add("store", copy.copy.store)
      .add("error", error.message)
      .write();
  return true;
}

}  // namespace

Result<Finding> examine(App& app, Stores& stores, const BlobCopy& copy, Depth depth) {
  const Blob& blob = copy.blob;
  const Sha256& name = blob.digests.sha256;
  auto store = stores.find(copy.copy.store);
  if (!store) return store.error();
  auto looked_at = copy.copy.store == kLocal ? identity_of(*app.local->path(name)) : Identity{};
  Expected expected{.digests = blob.digests, .size = blob.size, .etag = copy.copy.etag};
  auto checked = check_copy(**store, {name, copy.copy.serial}, expected, depth);
  if (!checked) {
    auto code = checked.error().code;
    if (code != Errc::not_found && code != Errc::data_loss) return checked.error();
    auto damaged = note_damage(app, copy, looked_at, checked.error());
    if (!damaged) return damaged.error();
    return Finding{.damaged = *damaged, .depth = depth};
  }
  auto db = app.database.borrow();
  if (!db) return db.error();
  auto marked = mark_verified(**db, name, copy.copy, *checked == Depth::read);
  if (!marked) return marked.error();
  return Finding{.damaged = false, .depth = *checked};
}

}  // namespace coffer
