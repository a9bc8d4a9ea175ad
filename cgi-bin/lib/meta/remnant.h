// Remnants: objects in a store that are no copies. They are removed once as soon as may be, and
// once more after the grace time, for what came late.

#pragma once

#include <vector>

#include "meta/types.h"
#include "sql/database.h"

namespace coffer {

struct Remnant {
  std::string store;
  Sha256 sha256{};
  std::uint64_t serial = 0;
  bool removed = false;  // once
};

/// The object is no copy from now on, or never was one.
Result<> add_remnant(Connection& db, std::string_view store, const Sha256& sha256,
                     std::uint64_t serial);

/// Up to `limit` that are to be removed now, in the order of their stores, from the one after
/// `after`.
Result<std::vector<Remnant>> due_remnants(Connection& db, std::uint64_t grace_ms,
                                          const Remnant& after, std::size_t limit);

/// The store says that it is gone: it is looked at once more, and forgotten the second time.
Result<> mark_removed(Connection& db, const Remnant& remnant);

/// Whether the object is known: a copy, being made, or a remnant.
Result<bool> is_known(Connection& db, std::string_view store, const Sha256& sha256,
                      std::uint64_t serial);

}  // namespace coffer
