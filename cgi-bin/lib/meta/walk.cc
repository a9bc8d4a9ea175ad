#include "meta/walk.h"

#include <algorithm>

#include "meta/blob.h"
#include "meta/entry_row.h"

namespace coffer {
namespace {

constexpr std::size_t kPage = 200;

// A folder has no blob, and a page is read in the order of the primary key.
constexpr char kPageOfFolder[] =
    "SELECT " ENTRY_COLUMNS
    ", b.sha1, b.md5, b.crc32, b.crc64 FROM entry e"
    " LEFT JOIN `blob` b ON b.sha256 = e.sha256"
    " WHERE e.owner = ? AND e.parent = ? AND e.name > ? ORDER BY e.name LIMIT ?";

Walked walked_of(const Row& row, const std::string& folder) {
  Walked walked{.path = {}, .entry = entry_of(row), .digests = {}};
  walked.path = folder + walked.entry.name + (walked.entry.folder ? "/" : "");
  walked.digests = {.sha256 = walked.entry.sha256,
                    .sha1 = row.bytes<20>(11),
                    .md5 = row.bytes<16>(12),
                    .crc32 = row.bytes<4>(13),
                    .crc64 = row.bytes<8>(14)};
  return walked;
}

}  // namespace

Result<Walk> Walk::from(Database& database, UserId owner, std::vector<Entry> roots) {
  auto db = database.borrow_read();
  if (!db) return db.error();
  Walk walk(database, owner);
  Level top{.path = {}, .folder = {}, .after = {}, .page = {}, .last = true};
  for (Entry& root : roots) {
    if (!is_row(root.id)) {
      walk.levels_.push_back({.path = {}, .folder = root.id, .after = {}, .page = {}});
      continue;
    }
    Walked walked{.path = root.name + (root.folder ? "/" : ""), .entry = {}, .digests = {}};
    if (!root.folder) {
      auto blob = find_blob(**db, root.sha256);
      if (!blob) return blob.error();
      walked.digests = blob->digests;
    }
    walked.entry = std::move(root);
    top.page.push_back(std::move(walked));
  }
  std::ranges::reverse(top.page);
  walk.levels_.push_back(std::move(top));
  return walk;
}

Result<> Walk::read_page(Level& level) {
  auto read = [&]() -> Result<> {
    level.page.clear();
    auto db = database_->borrow_read();
    if (!db) return db.error();
    return (*db)->query(kPageOfFolder, {owner_, level.folder, level.after, kPage},
                        [&](const Row& row) { level.page.push_back(walked_of(row, level.path)); });
  };
  // The answer has begun: a server that dies under it must not end it, if there is another one.
  auto found = read();
  if (!found && database_->has_replica()) found = read();
  if (!found) return found;
  level.last = level.page.size() < kPage;
  if (!level.page.empty()) level.after = level.page.back().entry.name;
  std::ranges::reverse(level.page);
  return {};
}

Result<std::optional<Walked>> Walk::next() {
  while (!levels_.empty()) {
    Level& level = levels_.back();
    if (level.page.empty() && !level.last)
      if (auto read = read_page(level); !read) return read.error();
    if (level.page.empty()) {
      levels_.pop_back();
      continue;
    }
    auto walked = std::move(level.page.back());
    level.page.pop_back();
    if (walked.entry.folder)
      levels_.push_back({.path = walked.path, .folder = walked.entry.id, .after = {}, .page = {}});
    return std::optional<Walked>(std::move(walked));
  }
  return std::optional<Walked>{};
}

}  // namespace coffer
