// Tree: changes to the files and folders of one user. Each is part of a transaction, and
// locks the folders it relies on, so that none of them goes to the trash meanwhile.

#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "meta/types.h"
#include "sql/database.h"

namespace coffer {

/// What to do where the name is taken.
enum class Conflict {
  fail,     // Errc::conflict
  rename,   // take the next free "name (2)"
  version,  // for a file on a file: the old bytes become a version
};

/// What must be true of the file of that name, for If-Match and If-None-Match.
struct Precondition {
  bool must_exist = false;                     // If-Match: *
  bool must_not_exist = false;                 // If-None-Match: *
  std::optional<std::vector<Sha256>> must_be;  // If-Match: "...", "..."
};

struct NewFile {
  UserId owner{};
  EntryId folder = kRoot;
  std::string name;
  Sha256 sha256{};
  std::uint64_t size = 0;
  Conflict conflict = Conflict::version;
  Precondition precondition{};
};

/// What put_file() did. `entry.name` differs from what was asked for after a rename.
struct Put {
  enum class Outcome { created, replaced, unchanged } outcome = Outcome::created;
  EntryId id{};
  std::string name;
};

/// Puts a file into its folder. Unless the outcome is unchanged (the file had these very
/// bytes), the caller adds a reference to the blob and charges the owner.
Result<Put> put_file(Transaction& tx, const NewFile& file);

/// Whether put_file() would be refused, as far as can be told beforehand.
Result<> check_put(Connection& db, const NewFile& file);

Result<EntryId> make_folder(Transaction& tx, UserId owner, EntryId folder, std::string_view name);

/// Moves an entry into `folder` under `name`, which may both be what they are. Errc::conflict
/// if the name is taken (unless `conflict` is rename), or a folder would go into itself.
/// Returns the name it has then.
Result<std::string> move_entry(Transaction& tx, UserId owner, EntryId id, EntryId folder,
                               std::string_view name, Conflict conflict);

/// Makes an old version the file's bytes again; those of today become a version.
Result<> bring_back(Transaction& tx, UserId owner, EntryId id, VersionId version);

/// Removes one old version, its reference and its share of the quota.
Result<> remove_version(Transaction& tx, UserId owner, EntryId id, VersionId version);

/// Locks the folders from `id` up to the root. Errc::not_found if `id` is not a folder of the
/// owner's or one of them is in the trash; Errc::conflict if `except` is among them.
Result<> lock_folder(Transaction& tx, UserId owner, EntryId id, EntryId except = kRoot);

/// lock_folder() for many folders of one owner in one transaction: what it has locked, or what that
/// transaction has made, is not asked for again.
class FolderLocks {
 public:
  FolderLocks(Transaction& tx, UserId owner) : tx_(tx), owner_(owner) {}

  Result<> lock(EntryId id);

  /// As make_folder().
  Result<EntryId> make(EntryId folder, std::string_view name);

 private:
  Transaction& tx_;
  UserId owner_;
  std::set<EntryId> locked_;
};

}  // namespace coffer
