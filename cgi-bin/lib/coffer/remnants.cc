#include "coffer/remnants.h"

#include "base/log.h"
#include "base/text.h"

namespace coffer {

constexpr std::size_t kAtATime = 500;

Result<bool> RemnantSweep::remove(const Remnant& remnant) {
  if (silent_.contains(remnant.store)) return false;
  auto store = stores_.find(remnant.store);
  auto removed = store ? (*store)->remove({remnant.sha256, remnant.serial}) : store.error();
  if (!removed) {
    silent_.insert(remnant.store);
    Log("sweeper")
        .add("event", "silent")
        .add("store", remnant.store)
        .add("error", removed.error().message)
        .write();
    return false;
  }
  auto db = app_.database.borrow();
  if (!db) return db.error();
  if (auto marked = mark_removed(**db, remnant); !marked) return marked.error();
  return true;
}

Result<> RemnantSweep::remove_all() {
  Remnant last;
  for (;;) {
    std::vector<Remnant> page;
    {
      auto db = app_.database.borrow();
      if (!db) return db.error();
      auto due = due_remnants(**db, app_.config.grace_ms, last, kAtATime);
      if (!due) return due.error();
      page = std::move(*due);
    }
    if (page.empty()) break;
    last = page.back();
    for (const Remnant& remnant : page) {
      auto removed = remove(remnant);
      if (!removed) return removed.error();
      if (!*removed || remnant.removed) continue;
      Log("sweeper")
          .add("event", "removed")
          .add("sha256", hex(remnant.sha256))
          .add(remnant.store, "removed")
          .write();
    }
  }
  if (silent_.empty()) return {};
  return Error{Errc::unavailable, *silent_.begin() + " does not answer"};
}

}  // namespace coffer
