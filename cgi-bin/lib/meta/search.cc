// The part of meta/entry.h that looks across folders.

#include "base/text.h"
#include "meta/entry.h"
#include "meta/entry_row.h"

namespace coffer {
namespace {

// The index by_name has the owner's names side by side, so that this reads the names of one
// user and no rows but those it returns.
constexpr char kSearch[] =
    "SELECT " ENTRY_COLUMNS
    " FROM entry e FORCE INDEX (by_name)"
    " WHERE owner = ? AND parent NOT IN (1, 2)"
    " AND name COLLATE utf8mb4_general_ci LIKE ? ESCAPE '!' ORDER BY name LIMIT ?";

#define BY_DIGEST(column)                              \
  "SELECT " ENTRY_COLUMNS                              \
  " FROM `blob` b JOIN entry e ON e.sha256 = b.sha256" \
  " WHERE b." column " = ? AND e.owner = ? AND e.parent <> 2 ORDER BY e.id LIMIT ?"

constexpr char kBySha256[] = BY_DIGEST("sha256");
constexpr char kBySha1[] = BY_DIGEST("sha1");
constexpr char kByMd5[] = BY_DIGEST("md5");
constexpr char kByCrc32[] = BY_DIGEST("crc32");
constexpr char kByCrc64[] = BY_DIGEST("crc64");

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

}  // namespace

Result<std::vector<Entry>> search_entries(Connection& db, UserId owner, std::string_view part,
                                          std::size_t limit) {
  auto found = select_entries(db, kSearch, {owner, like_pattern(part), limit});
  if (!found) return found.error();
  std::vector<Entry> entries;
  for (Entry& entry : *found) {
    auto path = find_path(db, owner, entry);
    if (!path) return path.error();
    if (!path->front().trashed) entries.push_back(std::move(entry));
  }
  return entries;
}

Result<std::vector<Entry>> find_by_digest(Connection& db, UserId owner, Algorithm algorithm,
                                          std::span<const std::uint8_t> digest, std::size_t limit) {
  return select_entries(db, statement_for(algorithm), {digest, owner, limit});
}

}  // namespace coffer
