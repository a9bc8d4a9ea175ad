// The part of meta/entry.h that looks across folders.

#include <algorithm>
#include <iterator>
#include <map>

#include "base/text.h"
#include "meta/entry.h"
#include "meta/entry_row.h"

namespace coffer {
namespace {

// The index by_name has the owner's names side by side, so that this reads the names of one
// user and no rows but those it returns. It goes on with the folder: a page after a hit is the
// rest of those of its name, and the names that follow.
#define SEARCH(place, order)            \
  "SELECT " ENTRY_COLUMNS               \
  " FROM entry e FORCE INDEX (by_name)" \
  " WHERE owner = ? AND " place         \
  " AND parent NOT IN (1, 2, ?)"        \
  " AND name COLLATE utf8mb4_general_ci LIKE ? ESCAPE '!' ORDER BY " order " LIMIT ?"

constexpr char kSearchName[] = SEARCH("name = ? AND parent > ?", "parent");
constexpr char kSearchNames[] = SEARCH("name > ?", "name, parent");

// In no order of ours: the database gives them as its index has them and stops at the limit, where
// it would read every entry of the blob to sort them.
#define BY_DIGEST(column)                              \
  "SELECT " ENTRY_COLUMNS                              \
  " FROM `blob` b JOIN entry e ON e.sha256 = b.sha256" \
  " WHERE b." column " = ? AND e.owner = ? AND e.parent <> 2 LIMIT ?"

constexpr char kBySha256[] = BY_DIGEST("sha256");
constexpr char kBySha1[] = BY_DIGEST("sha1");
constexpr char kByMd5[] = BY_DIGEST("md5");
constexpr char kByCrc32[] = BY_DIGEST("crc32");
constexpr char kByCrc64[] = BY_DIGEST("crc64");

constexpr char kRefers[] =
    "SELECT EXISTS (SELECT 1 FROM entry WHERE sha256 = ? AND owner = ? AND parent <> 2)"
    " OR EXISTS (SELECT 1 FROM version v JOIN entry e ON e.id = v.entry"
    " WHERE v.sha256 = ? AND e.owner = ? AND e.parent <> 2)";

const char* statement_for(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::sha256:
      return kBySha256;
    case Algorithm::sha1:
      return kBySha1;
    case Algorithm::md5:
      return kByMd5;
    case Algorithm::crc32:
      return kByCrc32;
    case Algorithm::crc64:
      return kByCrc64;
  }
  return kBySha256;
}

// The signs that LIKE reads as its own are not meant as such by somebody who searches.
std::string like_pattern(std::string_view part) {
  std::string pattern = "%";
  for (char c : part) {
    if (c == '%' || c == '_' || c == '!') pattern += '!';
    pattern += c;
  }
  return pattern + "%";
}

Result<bool> is_in_trash(Connection& db, UserId owner, EntryId folder) {
  if (folder == kRoot) return false;
  Result<std::vector<Entry>> path = std::vector<Entry>{};
  if (auto entry = find_entry(db, owner, folder); entry)
    path = find_path(db, owner, *entry);
  else
    path = entry.error();
  if (path) return path->front().trashed.has_value();
  if (path.error().code == Errc::not_found) return true;  // it went for good a moment ago
  return path.error();
}

}  // namespace

Result<std::vector<Entry>> search_entries(Connection& db, UserId owner, std::string_view part,
                                          std::size_t limit) {
  auto pattern = like_pattern(part);
  std::vector<Entry> entries;
  std::map<EntryId, bool> in_trash;  // by folder, so that each is looked at once
  EntryId skipped = kGone;           // a folder there, perhaps with very many hits in it
  Entry last;
  for (bool more = true; more && entries.size() < limit;) {
    auto hits =
        select_entries(db, kSearchName, {owner, last.name, last.parent, skipped, pattern, limit});
    if (!hits) return hits;
    if (hits->size() < limit) {
      auto others = select_entries(db, kSearchNames,
                                   {owner, last.name, skipped, pattern, limit - hits->size()});
      if (!others) return others;
      std::ranges::move(*others, std::back_inserter(*hits));
    }
    more = hits->size() == limit;
    if (more) last = hits->back();
    for (Entry& hit : *hits) {
      auto [known, added] = in_trash.try_emplace(hit.parent, false);
      if (added) {
        auto there = is_in_trash(db, owner, hit.parent);
        if (!there) return there.error();
        known->second = *there;
      }
      if (known->second)
        skipped = hit.parent;
      else if (entries.size() < limit)
        entries.push_back(std::move(hit));
    }
  }
  return entries;
}

Result<std::vector<Entry>> find_by_digest(Connection& db, UserId owner, Algorithm algorithm,
                                          std::span<const std::uint8_t> digest, std::size_t limit) {
  return select_entries(db, statement_for(algorithm), {digest, owner, limit});
}

Result<bool> refers_to(Connection& db, UserId owner, const Sha256& sha256) {
  bool refers = false;
  auto found = db.query(kRefers, {sha256, owner, sha256, owner},
                        [&](const Row& row) { refers = row.number(0) != 0; });
  if (!found) return found.error();
  return refers;
}

}  // namespace coffer
