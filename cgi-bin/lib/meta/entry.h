// Entries: reading the tree of one user. Every function takes the owner, and answers
// Errc::not_found alike for what is not there and for what is somebody else's.

#pragma once

#include <string_view>
#include <vector>

#include "meta/types.h"
#include "sql/database.h"

namespace coffer {

enum class Sort { name, size, time };

/// One page of a folder. `after` is the last entry of the page before.
struct FolderPage {
  EntryId folder = kRoot;
  Sort sort = Sort::name;
  bool descending = false;
  const Entry* after = nullptr;
  std::size_t limit = 100;
};

Result<Entry> find_entry(Connection& db, UserId owner, EntryId id);

/// The entry called `name` in a folder, or Errc::not_found.
Result<Entry> find_child(Connection& db, UserId owner, EntryId folder, std::string_view name);

/// In the trash each entry shows the name and folder it had.
Result<std::vector<Entry>> list_folder(Connection& db, UserId owner, const FolderPage& page);

/// Entries whose name has `part` in it, in any case, by name; none that are in the trash.
/// At most `limit`.
Result<std::vector<Entry>> search_entries(Connection& db, UserId owner, std::string_view part,
                                          std::size_t limit);

/// The owner's own files with that digest, those in the trash too. At most `limit`.
Result<std::vector<Entry>> find_by_digest(Connection& db, UserId owner, Algorithm algorithm,
                                          std::span<const std::uint8_t> digest, std::size_t limit);

/// Whether a file of the owner's has these bytes, in the trash too, or had them in an older
/// version.
Result<bool> refers_to(Connection& db, UserId owner, const Sha256& sha256);

/// The folders from the root down to `entry`, itself last; empty for the root. What is in the
/// trash starts with the entry that was trashed.
Result<std::vector<Entry>> find_path(Connection& db, UserId owner, Entry entry);

Result<std::vector<Version>> list_versions(Connection& db, UserId owner, EntryId id);
Result<Version> find_version(Connection& db, UserId owner, EntryId id, VersionId version);

}  // namespace coffer
