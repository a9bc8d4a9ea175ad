#include "meta/entry.h"

#include <algorithm>
#include <iterator>

#include "meta/entry_row.h"

namespace coffer {
namespace {

constexpr char kFind[] =
    "SELECT " ENTRY_COLUMNS " FROM entry e WHERE owner = ? AND id = ? AND parent <> 2";
constexpr char kFindChild[] =
    "SELECT " ENTRY_COLUMNS " FROM entry e WHERE owner = ? AND parent = ? AND name = ?";

// Keyset pagination: each statement is one range of an index and reads as many rows as it returns.
constexpr char kByName[] = "SELECT " ENTRY_COLUMNS
                           " FROM entry e WHERE owner = ? AND parent = ?"
                           " AND name > ? ORDER BY name LIMIT ?";
constexpr char kByNameDown[] = "SELECT " ENTRY_COLUMNS
                               " FROM entry e WHERE owner = ? AND parent = ?"
                               " AND name < ? ORDER BY name DESC LIMIT ?";

// By size or time a page takes two: the rest of those of one size, by name, and the sizes that
// follow. Said in one statement, as a comparison of size and name, that is no range to the server:
// it would walk all entries of that size. The indexes end with the primary key and so have the
// names of one size in order; without the hint the server may sort the folder instead.
#define REST_OF(index, key, than, order)                      \
  "SELECT " ENTRY_COLUMNS " FROM entry e FORCE INDEX (" index \
  ") WHERE owner = ? AND parent = ?"                          \
  " AND " key " = ? AND name " than " ? ORDER BY name" order " LIMIT ?"
#define STARTING_AT(index, key, than, order)                  \
  "SELECT " ENTRY_COLUMNS " FROM entry e FORCE INDEX (" index \
  ") WHERE owner = ? AND parent = ?"                          \
  " AND " key " " than "= ? ORDER BY " key order ", name" order " LIMIT ?"

struct Keyset {
  const char* rest_of;
  const char* starting_at;
};
constexpr Keyset kBySize[] = {
    {REST_OF("by_size", "size", ">", ""), STARTING_AT("by_size", "size", ">", "")},
    {REST_OF("by_size", "size", "<", " DESC"), STARTING_AT("by_size", "size", "<", " DESC")}};
constexpr Keyset kByTime[] = {
    {REST_OF("by_time", "modified", ">", ""), STARTING_AT("by_time", "modified", ">", "")},
    {REST_OF("by_time", "modified", "<", " DESC"),
     STARTING_AT("by_time", "modified", "<", " DESC")}};

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

/// What an entry's row is called in the folder of that page.
std::string name_in(const FolderPage& page, const Entry& entry) {
  return page.folder == kTrash ? trash_name_of(entry) : entry.name;
}

Result<std::vector<Entry>> list_by_name(Connection& db, UserId owner, const FolderPage& page) {
  // Bounds for the first page: every name is greater than '', and none than 64 times the
  // greatest code point.
  static const std::string greatest = [] {
    std::string text;
    for (int i = 0; i < 64; i++) text += "\U0010FFFF";
    return text;
  }();
  auto sql = page.descending ? kByNameDown : kByName;
  auto name = page.after ? name_in(page, *page.after) : page.descending ? greatest : "";
  return select_entries(db, sql, {owner, page.folder, name, page.limit});
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
  if (page.sort == Sort::name) return list_by_name(db, owner, page);
  auto key_of = [&](const Entry& entry) {
    return page.sort == Sort::size ? entry.size : std::uint64_t(entry.modified);
  };
  const Keyset& by = (page.sort == Sort::size ? kBySize : kByTime)[page.descending];
  std::uint64_t start = page.descending ? UINT64_MAX : 0;
  std::vector<Entry> entries;
  if (page.after) {
    auto key = key_of(*page.after);
    auto rest = select_entries(db, by.rest_of,
                               {owner, page.folder, key, name_in(page, *page.after), page.limit});
    if (!rest || rest->size() == page.limit || key == (page.descending ? 0 : UINT64_MAX))
      return rest;
    entries = std::move(*rest);
    start = page.descending ? key - 1 : key + 1;
  }
  auto more =
      select_entries(db, by.starting_at, {owner, page.folder, start, page.limit - entries.size()});
  if (!more) return more;
  std::ranges::move(*more, std::back_inserter(entries));
  return entries;
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
