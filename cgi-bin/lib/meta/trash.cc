#include "meta/trash.h"

#include <algorithm>

#include "meta/blob.h"
#include "meta/entry.h"
#include "meta/entry_row.h"
#include "meta/tree.h"
#include "meta/user.h"

namespace coffer {
namespace {

// Assignments run from left to right, so was_parent and was_name take the old values. In
// the trash a name is when it came, in 16 digits, and its id: unique, and in that order.
constexpr char kTrashEntry[] =
    "UPDATE entry SET was_parent = parent, was_name = name,"
    " trashed = UNIX_TIMESTAMP(NOW(3)) * 1000, parent = 1,"
    " name = CONCAT(LPAD(trashed, 16, '0'), '-', id)"
    " WHERE owner = ? AND id = ? AND parent NOT IN (1, 2)";
constexpr char kLockTrashed[] =
    "SELECT " ENTRY_COLUMNS " FROM entry e WHERE owner = ? AND id = ? AND parent = 1 FOR UPDATE";
constexpr char kUntrash[] =
    "UPDATE entry SET trashed = NULL, was_parent = NULL, was_name = NULL WHERE owner = ? AND id = "
    "?";
constexpr char kDelete[] =
    "UPDATE entry SET was_parent = COALESCE(was_parent, parent),"
    " was_name = COALESCE(was_name, name),"
    " trashed = COALESCE(trashed, UNIX_TIMESTAMP(NOW(3)) * 1000), parent = 2, name = id"
    " WHERE owner = ? AND id = ? AND parent <> 2";
constexpr char kNow[] = "SELECT CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS UNSIGNED)";
constexpr char kEmpty[] =
    "UPDATE entry SET parent = 2, name = id WHERE owner = ? AND parent = 1 AND name < ? LIMIT ?";

constexpr char kGoing[] =
    "SELECT " ENTRY_COLUMNS " FROM entry e WHERE owner = ? AND parent = 2 LIMIT ?";
constexpr char kOpenFolder[] =
    "UPDATE entry SET was_parent = parent, was_name = name,"
    " trashed = UNIX_TIMESTAMP(NOW(3)) * 1000, parent = 2, name = id"
    " WHERE owner = ? AND parent = ? LIMIT 500";
// By its place and not by its id, whose index still leads to the place that it came from: an upload
// under its old name has that one locked.
constexpr char kRemove[] = "DELETE FROM entry WHERE owner = ? AND parent = 2 AND name = ?";
constexpr char kVersions[] = "SELECT sha256, size FROM version WHERE entry = ?";
constexpr char kRemoveVersions[] = "DELETE FROM version WHERE entry = ?";

// Pieces that neither run into a statement's time limit nor hold locks for long.
constexpr std::size_t kRowsAtATime = 100;
constexpr std::size_t kMovesAtATime = 1000;

// How the names of those in the trash begin that came at that time.
std::string trash_prefix(std::uint64_t time) {
  std::string text = std::to_string(time);
  text.insert(0, 16 - std::min<std::size_t>(16, text.size()), '0');
  return text;
}

// What an entry on its way out is called: see kDelete.
std::string going_name_of(const Entry& entry) { return std::to_string(std::uint64_t(entry.id)); }

// Requests and a sweeper may free the same file at the same time. Who removes its row goes on to
// what the row refers to, and nobody else does.
Result<> remove_file(Transaction& tx, UserId owner, const Entry& file) {
  auto removed = tx.run(kRemove, {owner, going_name_of(file)});
  if (!removed) return removed.error();
  if (removed->rows == 0) return {};
  std::uint64_t bytes = file.size;
  std::vector<Sha256> blobs{file.sha256};
  auto listed = tx.query(kVersions, {file.id}, [&](const Row& row) {
    blobs.push_back(row.bytes<32>(0));
    bytes += row.number(1);
  });
  if (!listed) return listed;
  if (auto gone = tx.run(kRemoveVersions, {file.id}); !gone) return gone.error();
  for (const Sha256& blob : blobs)
    if (auto dropped = drop_reference(tx, blob); !dropped) return dropped;
  return refund(tx, owner, bytes);
}

// What is in a folder comes out of it first, and the empty folder goes in a later round.
Result<> remove_folder(Transaction& tx, UserId owner, const Entry& folder) {
  auto opened = clear_folder(tx, owner, folder.id);
  if (!opened) return opened.error();
  if (*opened) return {};
  auto removed = tx.run(kRemove, {owner, going_name_of(folder)});
  if (!removed) return removed.error();
  return {};
}

}  // namespace

std::string trash_name_of(const Entry& entry) {
  return trash_prefix(std::uint64_t(entry.trashed.value_or(Time{}))) + "-" +
         std::to_string(std::uint64_t(entry.id));
}

Result<> trash_entry(Transaction& tx, UserId owner, EntryId id) {
  return expect_one(tx.run(kTrashEntry, {owner, id}),
                    {Errc::not_found, "no such file or folder in your cloud"});
}

Result<EntryId> restore_entry(Transaction& tx, UserId owner, EntryId id) {
  auto entries = select_entries(tx, kLockTrashed, {owner, id});
  if (!entries) return entries.error();
  if (entries->empty()) return Error{Errc::not_found, "no such file or folder in your trash"};
  const Entry& entry = entries->front();
  EntryId folder = entry.parent;
  auto locked = lock_folder(tx, owner, folder);
  if (!locked && locked.error().code != Errc::not_found) return locked.error();
  if (!locked) folder = kRoot;
  auto moved = move_entry(tx, owner, id, folder, entry.name, Conflict::rename);
  if (!moved) return moved.error();
  if (auto untrashed = tx.run(kUntrash, {owner, id}); !untrashed) return untrashed.error();
  return folder;
}

Result<> delete_entry(Transaction& tx, UserId owner, EntryId id) {
  return expect_one(tx.run(kDelete, {owner, id}),
                    {Errc::not_found, "no such file or folder in your cloud"});
}

Result<bool> clear_folder(Transaction& tx, UserId owner, EntryId folder) {
  auto opened = tx.run(kOpenFolder, {owner, folder});
  if (!opened) return opened.error();
  return opened->rows > 0;
}

Result<std::uint64_t> empty_trash(Database& database, UserId owner, std::uint64_t age_ms) {
  // The moment is one for all pieces: what comes to the trash meanwhile stays there.
  std::uint64_t now = 0;
  {
    auto db = database.borrow();
    if (!db) return db.error();
    auto asked = (*db)->query(kNow, {}, [&](const Row& row) { now = row.number(0); });
    if (!asked) return asked.error();
  }
  auto later = trash_prefix(now - std::min(age_ms, now) + 1);
  for (std::uint64_t emptied = 0;;) {
    auto piece = transact(database, [&](Transaction& tx) -> Result<Changed> {
      auto moved = tx.run(kEmpty, {owner, later, kMovesAtATime});
      if (!moved) return moved;
      if (auto counted = count_change(tx, owner); !counted) return counted.error();
      return moved;
    });
    if (!piece) return piece.error();
    emptied += piece->rows;
    if (piece->rows < kMovesAtATime) return emptied;
  }
}

Result<bool> purge(Database& database, UserId owner, std::size_t limit) {
  for (std::size_t done = 0; done < limit; done += kRowsAtATime) {
    auto more = transact(database, [&](Transaction& tx) -> Result<bool> {
      auto going = select_entries(tx, kGoing, {owner, kRowsAtATime});
      if (!going) return going.error();
      if (going->empty()) return false;
      if (auto locked = lock_user(tx, owner); !locked) return locked.error();
      for (const Entry& entry : *going) {
        auto removed =
            entry.folder ? remove_folder(tx, owner, entry) : remove_file(tx, owner, entry);
        if (!removed) return removed.error();
      }
      return true;
    });
    if (!more || !*more) return more;
  }
  return true;
}

}  // namespace coffer
