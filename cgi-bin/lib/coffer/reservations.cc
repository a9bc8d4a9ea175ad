#include "coffer/reservations.h"

#include <optional>

#include "base/log.h"

namespace coffer {

void Reservations::give_back(const Upload& upload) {
  {
    std::scoped_lock lock(mutex_);
    owed_.push_back(upload);
  }
  settle();
}

void Reservations::settle() {
  for (;;) {
    std::optional<Upload> upload;
    {
      std::scoped_lock lock(mutex_);
      if (owed_.empty()) return;
      upload = std::move(owed_.back());
      owed_.pop_back();
    }
    auto released = transact(database_, [&](Transaction& tx) { return release(tx, *upload); });
    if (released) continue;
    Log("ingest").add("event", "unreleased").add("error", released.error().message).write();
    std::scoped_lock lock(mutex_);
    owed_.push_back(std::move(*upload));
    return;
  }
}

}  // namespace coffer
