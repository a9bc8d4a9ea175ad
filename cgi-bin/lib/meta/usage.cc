#include "meta/usage.h"

#include "meta/entry_row.h"

namespace coffer {
namespace {

// Every folder and the place that it belongs to: itself below the root, else its parent's. Folders
// are of no size, so the index by size has them together, and all sizes without their rows. The
// first row makes the types: `~0 & 0` is a zero as wide as an id.
constexpr char kPlaces[] =
    "WITH RECURSIVE folder (id, place) AS ("
    "SELECT ~0 & 0, ~0 & 0 UNION ALL SELECT 1, 1 UNION ALL SELECT 2, 1"
    " UNION ALL SELECT e.id, IF(f.id = 0, e.id, f.place) FROM folder f JOIN entry e"
    " FORCE INDEX (by_size) ON e.owner = ? AND e.parent = f.id AND e.size = 0 AND e.folder),"
    " place (id, bytes) AS (SELECT f.place, SUM(e.size) FROM folder f JOIN entry e"
    " FORCE INDEX (by_size) ON e.owner = ? AND e.parent = f.id GROUP BY f.place)"
    " SELECT p.id, COALESCE(e.name, ''), p.bytes FROM place p"
    " LEFT JOIN entry e ON e.id = p.id WHERE p.bytes > 0 ORDER BY p.bytes DESC, p.id";

constexpr char kLargest[] =
    "SELECT " ENTRY_COLUMNS
    " FROM (SELECT owner, parent, name FROM entry FORCE INDEX (by_size)"
    " WHERE owner = ? AND parent <> 2 AND size > 0 ORDER BY size DESC, parent, name LIMIT ?) l"
    " JOIN entry e ON e.owner = l.owner AND e.parent = l.parent AND e.name = l.name"
    " ORDER BY e.size DESC, e.parent, e.name";

}  // namespace

Result<std::vector<Place>> list_places(Connection& db, UserId owner) {
  std::vector<Place> places;
  auto found = db.query(kPlaces, {owner, owner}, [&](const Row& row) {
    places.push_back(
        {.id = row.id<EntryId>(0), .name = std::string(row.text(1)), .bytes = row.number(2)});
  });
  if (!found) return found.error();
  return places;
}

Result<std::vector<Entry>> largest_files(Connection& db, UserId owner, std::size_t limit) {
  return select_entries(db, kLargest, {owner, limit});
}

}  // namespace coffer
