#include "coffer/evict.h"

#include <sys/statvfs.h>

#include <algorithm>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "coffer/examine.h"
#include "meta/blob.h"

namespace coffer {
namespace {

constexpr std::size_t kAtATime = 500;

bool has_good(const std::vector<Copy>& copies, std::string_view store) {
  return std::ranges::any_of(copies,
                             [&](const Copy& copy) { return copy.store == store && copy.good(); });
}

bool everywhere(const Tier& tier, const std::vector<Copy>& copies) {
  return std::ranges::all_of(tier.stores,
                             [&](const std::string& store) { return has_good(copies, store); });
}

// Asks the stores before nobody is sent here any more.
Result<bool> let_leave(App& app, Stores& stores, const Sha256& name) {
  std::vector<Copy> copies;
  Blob blob;
  {
    auto db = app.database.borrow();
    if (!db) return db.error();
    auto found = find_copies(**db, name);
    if (!found) return found.error();
    copies = std::move(*found);
    auto row = find_blob(**db, name);
    if (!row) return row.error();
    blob = *row;
  }
  const Tier& tier = app.config.tier;
  if (!everywhere(tier, copies)) return false;
  for (const Copy& copy : copies) {
    if (!copy.good() || std::ranges::find(tier.stores, copy.store) == tier.stores.end()) continue;
    auto finding = examine(app, stores, {blob, copy}, Depth::stat);
    if (!finding) return finding.error();
    if (finding->damaged) return false;
  }
  return transact(app.database, [&](Transaction& tx) -> Result<bool> {
    auto locked = lock_blob(tx, name);
    if (!locked || !*locked) return locked ? Result<bool>(false) : locked.error();
    auto now = find_copies(tx, name);
    if (!now) return now.error();
    if (!everywhere(tier, *now)) return false;
    return leave(tx, name);
  });
}

// Those that have been here for `age_ms`, until they are `enough` bytes.
Result<> let_leave_all(App& app, Stores& stores, std::uint64_t age_ms, std::uint64_t enough,
                       const std::atomic<bool>& stop) {
  Resident last;
  for (std::uint64_t bytes = 0; bytes < enough;) {
    std::vector<Resident> page;
    {
      auto db = app.database.borrow();
      if (!db) return db.error();
      auto found = residents(**db, age_ms, last, kAtATime);
      if (!found) return found.error();
      page = std::move(*found);
    }
    if (page.empty()) return {};
    last = page.back();
    for (const Resident& resident : page) {
      if (stop || bytes >= enough) return {};
      auto left = let_leave(app, stores, resident.sha256);
      if (!left) return left.error();
      if (*left) bytes += resident.size;
    }
  }
  return {};
}

// The bytes go under the blob's lock: whoever wants them back has said so by then, or finds them
// gone.
Result<bool> let_go(App& app, const Sha256& name, std::uint64_t& bytes) {
  return transact(app.database, [&](Transaction& tx) -> Result<bool> {
    auto blob = lock_blob(tx, name);
    if (!blob) return blob.error();
    auto leaving = is_leaving(tx, name);
    if (!leaving) return leaving.error();
    if (!*blob || !*leaving) return false;
    bytes = (*blob)->size;
    if (auto removed = app.local->remove(name); !removed) return removed.error();
    if (auto forgotten = forget_copy(tx, name, kLocal); !forgotten) return forgotten.error();
    return true;
  });
}

Result<Evicted> let_all_go(App& app, const std::atomic<bool>& stop) {
  Evicted evicted;
  for (std::size_t found = kAtATime; found == kAtATime && !stop;) {
    std::vector<Sha256> names;
    {
      auto db = app.database.borrow();
      if (!db) return db.error();
      auto leaving = leaving_blobs(**db, app.config.tier.linger_ms, kAtATime);
      if (!leaving) return leaving.error();
      names = std::move(*leaving);
    }
    found = 0;
    for (const Sha256& name : names) {
      std::uint64_t bytes = 0;
      auto gone = let_go(app, name, bytes);
      if (!gone) return gone.error();
      if (!*gone) continue;
      found++;
      evicted.blobs++;
      evicted.bytes += bytes;
      Log("mover").add("event", "evicted").add("sha256", hex(name)).add("bytes", bytes).write();
    }
  }
  return evicted;
}

// How many bytes are to go so that as many as [tier] says are free, besides those that go anyway.
Result<std::uint64_t> shortage(App& app) {
  const auto& directory = app.config.store;
  struct statvfs disk;
  if (::statvfs(directory.c_str(), &disk) != 0) return system_error("look at", directory);
  auto db = app.database.borrow();
  if (!db) return db.error();
  auto leaving = leaving_bytes(**db);
  if (!leaving) return leaving.error();
  auto free = disk.f_bavail * disk.f_frsize + *leaving;
  return app.config.tier.evict_below - std::min<std::uint64_t>(free, app.config.tier.evict_below);
}

}  // namespace

Result<Evicted> evict(App& app, Stores& stores, const std::atomic<bool>& stop) {
  const Tier& tier = app.config.tier;
  if (tier.stores.empty()) return Evicted{};
  auto evicted = let_all_go(app, stop);
  if (!evicted) return evicted;
  if (tier.keep_ms)
    if (auto left = let_leave_all(app, stores, *tier.keep_ms, UINT64_MAX, stop); !left)
      return left.error();
  auto bytes = shortage(app);
  if (!bytes) return bytes.error();
  if (auto left = let_leave_all(app, stores, 0, *bytes, stop); !left) return left.error();
  return evicted;
}

}  // namespace coffer
