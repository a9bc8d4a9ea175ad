#include "meta/remnant.h"

namespace coffer {
namespace {

constexpr char kAdd[] =
    "INSERT IGNORE INTO remnant (store, sha256, serial, since)"
    " VALUES (?, ?, ?, UNIX_TIMESTAMP(NOW(3)) * 1000)";
constexpr char kDue[] =
    "SELECT store, sha256, serial, removed FROM remnant"
    " WHERE (store, sha256, serial) > (?, ?, ?)"
    " AND (NOT removed OR since <= UNIX_TIMESTAMP(NOW(3)) * 1000 - ?)"
    " ORDER BY store, sha256, serial LIMIT ?";
constexpr char kRemoved[] =
    "UPDATE remnant SET removed = TRUE WHERE store = ? AND sha256 = ? AND serial = ?";
constexpr char kForget[] = "DELETE FROM remnant WHERE store = ? AND sha256 = ? AND serial = ?";
constexpr char kIsKnown[] =
    "SELECT 1 FROM copy WHERE store = ? AND sha256 = ? AND serial = ?"
    " UNION ALL SELECT 1 FROM transfer WHERE store = ? AND sha256 = ? AND serial = ?"
    " UNION ALL SELECT 1 FROM remnant WHERE store = ? AND sha256 = ? AND serial = ?";

}  // namespace

Result<> add_remnant(Connection& db, std::string_view store, const Sha256& sha256,
                     std::uint64_t serial) {
  auto added = db.run(kAdd, {store, sha256, serial});
  if (!added) return added.error();
  return {};
}

Result<std::vector<Remnant>> due_remnants(Connection& db, std::uint64_t grace_ms,
                                          const Remnant& after, std::size_t limit) {
  std::vector<Remnant> remnants;
  auto found = db.query(kDue, {after.store, after.sha256, after.serial, grace_ms, limit},
                        [&](const Row& row) {
                          remnants.push_back({.store = std::string(row.text(0)),
                                              .sha256 = row.bytes<32>(1),
                                              .serial = row.number(2),
                                              .removed = row.number(3) != 0});
                        });
  if (!found) return found.error();
  return remnants;
}

Result<> mark_removed(Connection& db, const Remnant& remnant) {
  auto marked =
      db.run(remnant.removed ? kForget : kRemoved, {remnant.store, remnant.sha256, remnant.serial});
  if (!marked) return marked.error();
  return {};
}

Result<bool> is_known(Connection& db, std::string_view store, const Sha256& sha256,
                      std::uint64_t serial) {
  bool known = false;
  auto found =
      db.query(kIsKnown, {store, sha256, serial, store, sha256, serial, store, sha256, serial},
               [&](const Row&) { known = true; });
  if (!found) return found.error();
  return known;
}

}  // namespace coffer
