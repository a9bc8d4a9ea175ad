#include "meta/tree.h"

#include <algorithm>

#include "base/name.h"
#include "meta/blob.h"
#include "meta/entry.h"
#include "meta/entry_row.h"
#include "meta/user.h"

namespace coffer {
namespace {

constexpr char kLockFolder[] =
    "SELECT parent FROM entry WHERE owner = ? AND id = ? AND folder LOCK IN SHARE MODE";
constexpr char kAddFile[] =
    "INSERT INTO entry (owner, parent, name, folder, sha256, size, created, modified)"
    " VALUES (?, ?, ?, FALSE, ?, ?, UNIX_TIMESTAMP(NOW(3)) * 1000, UNIX_TIMESTAMP(NOW(3)) * 1000)";
constexpr char kAddFolder[] =
    "INSERT INTO entry (owner, parent, name, folder, size, created, modified)"
    " VALUES (?, ?, ?, TRUE, 0, UNIX_TIMESTAMP(NOW(3)) * 1000, UNIX_TIMESTAMP(NOW(3)) * 1000)";
constexpr char kLockChild[] =
    "SELECT " ENTRY_COLUMNS " FROM entry e WHERE owner = ? AND parent = ? AND name = ? FOR UPDATE";
constexpr char kLockEntry[] =
    "SELECT " ENTRY_COLUMNS " FROM entry e WHERE owner = ? AND id = ? AND parent <> 2 FOR UPDATE";
constexpr char kAddVersion[] =
    "INSERT INTO version (entry, sha256, size, modified) VALUES (?, ?, ?, ?)";
constexpr char kReplace[] =
    "UPDATE entry SET sha256 = ?, size = ?, modified = UNIX_TIMESTAMP(NOW(3)) * 1000"
    " WHERE owner = ? AND id = ?";
constexpr char kMove[] = "UPDATE entry SET parent = ?, name = ? WHERE owner = ? AND id = ?";
constexpr char kRemoveVersion[] = "DELETE FROM version WHERE id = ?";

// More copies of one name than a person will make; a limit all the same.
constexpr unsigned kMostNumbered = 1000;

Result<std::optional<Entry>> lock_child(Transaction& tx, UserId owner, EntryId folder,
                                        std::string_view name) {
  auto entries = select_entries(tx, kLockChild, {owner, folder, name});
  if (!entries) return entries.error();
  if (entries->empty()) return std::optional<Entry>{};
  return std::optional<Entry>(std::move(entries->front()));
}

Error taken(std::string_view name) {
  return {Errc::conflict, "'{}' exists already", {std::string(name)}};
}

Result<> check_precondition(const Precondition& wanted, const Entry* there) {
  bool is_file = there && !there->folder;
  if (wanted.must_not_exist && there)
    return Error{Errc::precondition_failed, "a file of that name exists already"};
  if ((wanted.must_exist || wanted.must_be) && !is_file)
    return Error{Errc::precondition_failed, "there is no file of that name"};
  if (wanted.must_be && std::ranges::find(*wanted.must_be, there->sha256) == wanted.must_be->end())
    return Error{Errc::precondition_failed, "the file is not what it was: someone changed it"};
  return {};
}

Result<> check_conflict(const NewFile& file, const Entry* there) {
  if (auto met = check_precondition(file.precondition, there); !met) return met;
  if (!there || file.conflict == Conflict::rename) return {};
  if (there->folder)
    return Error{Errc::conflict, "'{}' is a folder: give the file another name", {file.name}};
  if (file.conflict == Conflict::fail) return taken(file.name);
  return {};
}

// Tries `name`, then "name (2)" and so on, with an insert or update that fails on a taken name.
template <class Attempt>
Result<std::string> first_free(std::string_view name, Attempt&& attempt) {
  for (unsigned number = 2; number <= kMostNumbered; number++) {
    std::string next = numbered_name(name, number);
    auto tried = attempt(next);
    if (tried) return next;
    if (tried.error().code != Errc::conflict) return tried.error();
  }
  return taken(name);
}

Result<> keep_version(Transaction& tx, const Entry& entry) {
  auto kept = tx.run(kAddVersion, {entry.id, entry.sha256, entry.size, entry.modified});
  if (!kept) return kept.error();
  return {};
}

// Locks a folder and says where it is.
Result<EntryId> lock_one(Transaction& tx, UserId owner, EntryId id) {
  if (!is_row(id)) return Error{Errc::not_found, "that folder is in the trash"};
  std::optional<EntryId> parent;
  auto locked =
      tx.query(kLockFolder, {owner, id}, [&](const Row& row) { parent = row.id<EntryId>(0); });
  if (!locked) return locked.error();
  if (!parent) return Error{Errc::not_found, "no such folder in your cloud"};
  return *parent;
}

Result<EntryId> add_folder(Transaction& tx, UserId owner, EntryId folder, std::string_view name) {
  auto added = tx.run(kAddFolder, {owner, folder, name});
  if (!added) return added.error().code == Errc::conflict ? taken(name) : added.error();
  return EntryId{added->id};
}

Result<Entry> lock_file(Transaction& tx, UserId owner, EntryId id) {
  auto entries = select_entries(tx, kLockEntry, {owner, id});
  if (!entries) return entries.error();
  if (entries->empty() || entries->front().folder)
    return Error{Errc::not_found, "no such file in your cloud"};
  return std::move(entries->front());
}

}  // namespace

Result<> lock_folder(Transaction& tx, UserId owner, EntryId id, EntryId except) {
  for (EntryId at = id; at != kRoot;) {
    if (at == except) return Error{Errc::conflict, "a folder cannot go into itself"};
    auto parent = lock_one(tx, owner, at);
    if (!parent) return parent.error();
    at = *parent;
  }
  return {};
}

Result<> FolderLocks::lock(EntryId id) {
  std::vector<EntryId> way;
  for (EntryId at = id; at != kRoot && !locked_.contains(at);) {
    auto parent = lock_one(tx_, owner_, at);
    if (!parent) return parent.error();
    way.push_back(std::exchange(at, *parent));
  }
  locked_.insert(way.begin(), way.end());
  return {};
}

Result<EntryId> FolderLocks::make(EntryId folder, std::string_view name) {
  if (auto locked = lock(folder); !locked) return locked.error();
  auto id = add_folder(tx_, owner_, folder, name);
  if (id) locked_.insert(*id);
  return id;
}

Result<> check_put(Connection& db, const NewFile& file) {
  if (is_row(file.folder)) {
    auto folder = find_entry(db, file.owner, file.folder);
    if (!folder) return folder.error();
    auto path = find_path(db, file.owner, *folder);
    if (!path) return path.error();
    if (path->front().trashed || !folder->folder)
      return Error{Errc::not_found, "no such folder in your cloud"};
  }
  auto there = find_child(db, file.owner, file.folder, file.name);
  if (!there && there.error().code != Errc::not_found) return there.error();
  return check_conflict(file, there ? &*there : nullptr);
}

Result<Put> put_file(Transaction& tx, const NewFile& file) {
  if (auto locked = lock_folder(tx, file.owner, file.folder); !locked) return locked.error();
  const Precondition& wanted = file.precondition;
  Put put{.outcome = Put::Outcome::created, .id = {}, .name = file.name};
  auto insert = [&](const std::string& name) -> Result<> {
    auto added = tx.run(kAddFile, {file.owner, file.folder, name, file.sha256, file.size});
    if (!added) return added.error();
    put.id = EntryId{added->id};
    return {};
  };

  // The common case first: the name is new, and one statement says so.
  if (!wanted.must_exist && !wanted.must_be) {
    auto added = insert(file.name);
    if (added) return put;
    if (added.error().code != Errc::conflict) return added.error();
  }
  auto there = lock_child(tx, file.owner, file.folder, file.name);
  if (!there) return there.error();
  if (auto fine = check_conflict(file, *there ? &**there : nullptr); !fine) return fine.error();
  if (!*there) return taken(file.name);  // it was, and went away under our hands
  if (file.conflict == Conflict::rename) {
    auto name = first_free(file.name, insert);
    if (!name) return name.error();
    put.name = *name;
    return put;
  }

  put.id = (*there)->id;
  put.outcome = Put::Outcome::unchanged;
  if ((*there)->sha256 == file.sha256) return put;
  if (auto kept = keep_version(tx, **there); !kept) return kept.error();
  auto replaced = tx.run(kReplace, {file.sha256, file.size, file.owner, put.id});
  if (!replaced) return replaced.error();
  put.outcome = Put::Outcome::replaced;
  return put;
}

Result<EntryId> make_folder(Transaction& tx, UserId owner, EntryId folder, std::string_view name) {
  if (auto locked = lock_folder(tx, owner, folder); !locked) return locked.error();
  return add_folder(tx, owner, folder, name);
}

Result<std::string> move_entry(Transaction& tx, UserId owner, EntryId id, EntryId folder,
                               std::string_view name, Conflict conflict) {
  if (auto locked = lock_folder(tx, owner, folder, id); !locked) return locked.error();
  auto move = [&](const std::string& to) {
    return expect_one(tx.run(kMove, {folder, to, owner, id}),
                      {Errc::not_found, "no such file or folder in your cloud"});
  };
  auto moved = move(std::string(name));
  if (moved) return std::string(name);
  if (moved.error().code != Errc::conflict) return moved.error();
  if (conflict != Conflict::rename) return taken(name);
  return first_free(name, move);
}

Result<> bring_back(Transaction& tx, UserId owner, EntryId id, VersionId version) {
  auto entry = lock_file(tx, owner, id);
  if (!entry) return entry.error();
  auto old = find_version(tx, owner, id, version);
  if (!old) return old.error();
  if (auto kept = keep_version(tx, *entry); !kept) return kept;
  auto replaced = tx.run(kReplace, {old->sha256, old->size, owner, id});
  if (!replaced) return replaced.error();
  // The version's own row goes: its reference and its bytes in the quota are now the file's.
  auto removed = tx.run(kRemoveVersion, {version});
  if (!removed) return removed.error();
  return {};
}

Result<> remove_version(Transaction& tx, UserId owner, EntryId id, VersionId version) {
  auto entry = lock_file(tx, owner, id);
  if (!entry) return entry.error();
  auto old = find_version(tx, owner, id, version);
  if (!old) return old.error();
  auto removed = tx.run(kRemoveVersion, {version});
  if (!removed) return removed.error();
  if (auto refunded = refund(tx, owner, old->size); !refunded) return refunded;
  return drop_reference(tx, old->sha256);
}

}  // namespace coffer
