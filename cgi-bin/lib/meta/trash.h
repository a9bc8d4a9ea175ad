// Trash: where entries go first, and how they leave for good.
//
// Deleting moves one row, whatever the folder holds: what is below it stays below it. For
// good is also one row, moved to where nobody sees it; purge() then takes the tree apart in
// small transactions, so that no folder is too big to delete.

#pragma once

#include "meta/types.h"
#include "sql/database.h"

namespace coffer {

/// Moves an entry to the trash. Errc::not_found if it is not there, or in the trash already.
Result<> trash_entry(Transaction& tx, UserId owner, EntryId id);

/// Brings an entry back to where it was, under another name if that is taken; into the root
/// if its folder is gone or in the trash itself. Returns the folder it is in now.
Result<EntryId> restore_entry(Transaction& tx, UserId owner, EntryId id);

/// Deletes an entry for good: from now on nobody sees it.
Result<> delete_entry(Transaction& tx, UserId owner, EntryId id);

/// Deletes for good what is in the trash for longer than `age_ms`; 0 empties it. A transaction
/// for every thousand, so after an error some may be gone. Returns how many entries left.
Result<std::uint64_t> empty_trash(Database& database, UserId owner, std::uint64_t age_ms);

/// Frees what was deleted for good, about `limit` rows of it: references are dropped and the
/// quota is given back. Returns whether there is more to do.
Result<bool> purge(Database& database, UserId owner, std::size_t limit);

/// Deletes for good what is in a folder of the owner's, 500 entries at most. False if it was empty.
Result<bool> clear_folder(Transaction& tx, UserId owner, EntryId folder);

}  // namespace coffer
