#include "meta/entry.h"

#include <algorithm>

#include "meta/entry_row.h"

namespace coffer {
namespace {

constexpr char kFind[] =
    "SELECT " ENTRY_COLUMNS " FROM entry e WHERE owner = ? AND id = ? AND parent <> 2";
constexpr char kFindChild[] =
    "SELECT " ENTRY_COLUMNS " FROM entry e WHERE owner = ? AND parent = ? AND name = ?";

// Keyset pagination, spelt out: the server makes no range of a row comparison, and without
// the hint it would walk the folder from its start. Each reads as many rows as it returns.
constexpr char kByName[] = "SELECT " ENTRY_COLUMNS
                           " FROM entry e WHERE owner = ? AND parent = ?"
                           " AND name > ? ORDER BY name LIMIT ?";
constexpr char kByNameDown[] = "SELECT " ENTRY_COLUMNS
                               " FROM entry e WHERE owner = ? AND parent = ?"
                               " AND name < ? ORDER BY name DESC LIMIT ?";
constexpr char kBySize[] = "SELECT " ENTRY_COLUMNS
                           " FROM entry e FORCE INDEX (by_size)"
                           " WHERE owner = ? AND parent = ? AND size >= ?"
                           " AND (size > ? OR name > ?) ORDER BY size, name LIMIT ?";
constexpr char kBySizeDown[] = "SELECT " ENTRY_COLUMNS
                               " FROM entry e FORCE INDEX (by_size)"
                               " WHERE owner = ? AND parent = ? AND size <= ?"
                               " AND (size < ? OR name < ?) ORDER BY size DESC, name DESC LIMIT ?";
constexpr char kByTime[] = "SELECT " ENTRY_COLUMNS
                           " FROM entry e FORCE INDEX (by_time)"
                           " WHERE owner = ? AND parent = ? AND modified >= ?"
                           " AND (modified > ? OR name > ?) ORDER BY modified, name LIMIT ?";
constexpr char kByTimeDown[] =
    "SELECT " ENTRY_COLUMNS
    " FROM entry e FORCE INDEX (by_time)"
    " WHERE owner = ? AND parent = ? AND modified <= ?"
    " AND (modified < ? OR name < ?) ORDER BY modified DESC, name DESC LIMIT ?";

constexpr char kVersions[] =
    "SELECT v.id, v.entry, v.sha256, v.size, v.modified FROM version v"
    " JOIN entry e ON e.id = v.entry WHERE e.owner = ? AND v.entry = ? ORDER BY v.id DESC";
constexpr char kVersion[] =
    "SELECT v.id, v.entry, v.sha256, v.size, v.modified FROM version v"
    " JOIN entry e ON e.id = v.entry WHERE e.owner = ? AND v.entry = ? AND v.id = ?";

Version version_of(const Row& row) {
  return {row.id<VersionId>(0), row.id<EntryId>(1), row.bytes<32>(2), row.number(3),
          row.id<Time>(4)};
}

Result<Entry> one(Result<std::vector<Entry>> entries) {
  if (!entries) return entries.error();
  if (entries->empty()) return Error{Errc::not_found, "no such file or folder in your cloud"};
  return std::move(entries->front());
}

}  // namespace

Entry entry_of(const Row& row, std::size_t first) {
  bool trashed = !row.null(first + 8);
  Entry entry{.id = row.id<EntryId>(first),
              .parent = row.id<EntryId>(first + (trashed ? 9 : 1)),
              .name = std::string(row.text(first + (trashed ? 10 : 2))),
              .folder = row.number(first + 3) != 0,
              .sha256 = row.bytes<32>(first + 4),
              .size = row.number(first + 5),
              .created = row.id<Time>(first + 6),
              .modified = row.id<Time>(first + 7),
              .trashed = {}};
  if (trashed) entry.trashed = row.id<Time>(first + 8);
  return entry;
}

Result<std::vector<Entry>> select_entries(Connection& db, const char* sql,
                                          std::initializer_list<Value> values) {
  std::vector<Entry> entries;
  auto found = db.query(sql, values, [&](const Row& row) { entries.push_back(entry_of(row)); });
  if (!found) return found.error();
  return entries;
}

Result<Entry> find_entry(Connection& db, UserId owner, EntryId id) {
  return one(select_entries(db, kFind, {owner, id}));
}

Result<Entry> find_child(Connection& db, UserId owner, EntryId folder, std::string_view name) {
  return one(select_entries(db, kFindChild, {owner, folder, name}));
}

Result<std::vector<Entry>> list_folder(Connection& db, UserId owner, const FolderPage& page) {
  // Bounds for the first page: every name is greater than '', and none than 64 times the
  // greatest code point.
  static const std::string greatest = [] {
    std::string text;
    for (int i = 0; i < 64; i++) text += "\U0010FFFF";
    return text;
  }();
  bool down = page.descending;
  std::string name = down ? greatest : "";
  if (page.after) name = page.folder == kTrash ? trash_name_of(*page.after) : page.after->name;
  std::uint64_t key = down ? INT64_MAX : 0;
  if (page.after)
    key = page.sort == Sort::size ? page.after->size : std::uint64_t(page.after->modified);
  if (page.sort == Sort::name)
    return select_entries(db, down ? kByNameDown : kByName, {owner, page.folder, name, page.limit});
  auto sql =
      page.sort == Sort::size ? (down ? kBySizeDown : kBySize) : (down ? kByTimeDown : kByTime);
  return select_entries(db, sql, {owner, page.folder, key, key, name, page.limit});
}

// A statement for each level: people's folders are a few levels deep, and a recursive one costs
// as much as three of them.
Result<std::vector<Entry>> find_path(Connection& db, UserId owner, Entry entry) {
  std::vector<Entry> path;
  while (is_row(entry.id)) {
    path.push_back(std::move(entry));
    if (path.back().trashed || path.back().parent == kRoot) break;
    auto parent = find_entry(db, owner, path.back().parent);
    if (!parent) return parent.error();
    entry = std::move(*parent);
  }
  std::ranges::reverse(path);
  return path;
}

Result<std::vector<Version>> list_versions(Connection& db, UserId owner, EntryId id) {
  std::vector<Version> versions;
  auto found = db.query(kVersions, {owner, id},
                        [&](const Row& row) { versions.push_back(version_of(row)); });
  if (!found) return found.error();
  return versions;
}

Result<Version> find_version(Connection& db, UserId owner, EntryId id, VersionId version) {
  Version out;
  auto found =
      db.query(kVersion, {owner, id, version}, [&](const Row& row) { out = version_of(row); });
  if (!found) return found.error();
  if (out.id == VersionId{}) return Error{Errc::not_found, "no such version of that file"};
  return out;
}

}  // namespace coffer
