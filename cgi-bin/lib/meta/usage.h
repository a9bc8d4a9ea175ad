// Usage: where in a user's tree the bytes are.

#pragma once

#include <string>
#include <vector>

#include "meta/types.h"
#include "sql/database.h"

namespace coffer {

/// A folder right below the root with all that is in it, the root's own files (kRoot) or the
/// trash (kTrash), which what is on its way out counts as.
struct Place {
  EntryId id{};
  std::string name;  // of a folder that has one
  std::uint64_t bytes = 0;
};

/// The places that have bytes, the largest first. Old versions are in none of them. Looks at
/// each of the user's entries, in an index.
Result<std::vector<Place>> list_places(Connection& db, UserId owner);

/// The owner's largest files, those in the trash too. At most `limit`.
Result<std::vector<Entry>> largest_files(Connection& db, UserId owner, std::size_t limit);

}  // namespace coffer
