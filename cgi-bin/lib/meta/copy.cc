#include "meta/copy.h"

#include "meta/blob_row.h"

#define COPY_COLUMNS "c.store, c.serial, c.etag, c.leaving IS NOT NULL, c.damaged IS NOT NULL"
#define NOW "UNIX_TIMESTAMP(NOW(3)) * 1000"

namespace coffer {
namespace {

constexpr char kAdd[] =
    "INSERT INTO copy (sha256, store, made, verified, digested)"
    " VALUES (?, 'local', " NOW ", " NOW ", " NOW
    ") ON DUPLICATE KEY UPDATE leaving = NULL, damaged = NULL";
constexpr char kFind[] =
    "SELECT " COPY_COLUMNS " FROM copy c WHERE c.sha256 = ? ORDER BY c.store <> 'local', c.store";
constexpr char kLock[] =
    "SELECT " BLOB_COLUMNS " FROM `blob` b WHERE b.sha256 = ? AND NOT b.doomed FOR UPDATE";
constexpr char kResidents[] =
    "SELECT c.sha256, b.size, c.made FROM copy c FORCE INDEX (by_age)"
    " JOIN `blob` b ON b.sha256 = c.sha256"
    " WHERE c.store = 'local' AND c.made <= " NOW
    " - ? AND (c.made > ? OR (c.made = ? AND c.sha256 > ?))"
    " AND c.leaving IS NULL AND c.damaged IS NULL"
    " AND EXISTS (SELECT 1 FROM copy r WHERE r.sha256 = c.sha256 AND r.store <> 'local'"
    " AND r.damaged IS NULL) ORDER BY c.made, c.sha256 LIMIT ?";
constexpr char kLeave[] =
    "UPDATE copy SET leaving = " NOW
    " WHERE sha256 = ? AND store = 'local' AND leaving IS NULL AND damaged IS NULL";
constexpr char kLeaving[] =
    "SELECT sha256 FROM copy FORCE INDEX (leaving) WHERE leaving <= " NOW " - ? LIMIT ?";
constexpr char kLeavingBytes[] =
    "SELECT COALESCE(SUM(b.size), 0) FROM copy c FORCE INDEX (leaving)"
    " JOIN `blob` b ON b.sha256 = c.sha256 WHERE c.leaving IS NOT NULL";
constexpr char kIsLeaving[] =
    "SELECT 1 FROM copy WHERE sha256 = ? AND store = 'local' AND leaving IS NOT NULL";
constexpr char kForget[] = "DELETE FROM copy WHERE sha256 = ? AND store = ?";
constexpr char kDue[] =
    "SELECT " BLOB_COLUMNS ", " COPY_COLUMNS ", c.digested <= " NOW
    " - ? FROM copy c FORCE INDEX (by_verified) JOIN `blob` b ON b.sha256 = c.sha256"
    " WHERE c.store = ? AND c.verified <= " NOW
    " - ? AND c.leaving IS NULL AND NOT b.doomed ORDER BY c.verified LIMIT ?";
constexpr char kList[] =
    "SELECT " BLOB_COLUMNS ", " COPY_COLUMNS
    ", FALSE FROM copy c JOIN `blob` b"
    " ON b.sha256 = c.sha256 WHERE c.store = ? AND c.sha256 > ? AND c.leaving IS NULL"
    " AND NOT b.doomed ORDER BY c.sha256 LIMIT ?";
constexpr char kVerified[] =
    "UPDATE copy SET verified = " NOW ", digested = IF(?, " NOW
    ", digested), damaged = NULL WHERE sha256 = ? AND store = ? AND serial = ?";
constexpr char kDamaged[] = "UPDATE copy SET verified = 0, damaged = COALESCE(damaged, " NOW
                            ") WHERE sha256 = ? AND store = ? AND serial = ?";
constexpr char kUnhealed[] =
    "UPDATE copy SET verified = " NOW " WHERE sha256 = ? AND store = ? AND damaged IS NOT NULL";

Copy copy_of(const Row& row, std::size_t first) {
  return {.store = std::string(row.text(first)),
          .serial = row.number(first + 1),
          .etag = std::string(row.text(first + 2)),
          .leaving = row.number(first + 3) != 0,
          .damaged = row.number(first + 4) != 0};
}

BlobCopy blob_copy_of(const Row& row) {
  return {.blob = blob_of(row), .copy = copy_of(row, 7), .unread = row.number(12) != 0};
}

template <class T>
Result<std::vector<T>> all(Connection& db, const char* sql, std::initializer_list<Value> values,
                           T (*make)(const Row&)) {
  std::vector<T> rows;
  auto found = db.query(sql, values, [&](const Row& row) { rows.push_back(make(row)); });
  if (!found) return found.error();
  return rows;
}

Result<> change(Connection& db, const char* sql, std::initializer_list<Value> values) {
  auto changed = db.run(sql, values);
  if (!changed) return changed.error();
  return {};
}

}  // namespace

Result<> add_copy(Transaction& tx, const Sha256& sha256) { return change(tx, kAdd, {sha256}); }

Result<std::vector<Copy>> find_copies(Connection& db, const Sha256& sha256) {
  return all<Copy>(db, kFind, {sha256}, [](const Row& row) { return copy_of(row, 0); });
}

Result<std::optional<Blob>> lock_blob(Transaction& tx, const Sha256& sha256) {
  std::optional<Blob> blob;
  auto found = tx.query(kLock, {sha256}, [&](const Row& row) { blob = blob_of(row); });
  if (!found) return found.error();
  return blob;
}

Result<std::vector<Resident>> residents(Connection& db, std::uint64_t age_ms, const Resident& after,
                                        std::size_t limit) {
  return all<Resident>(
      db, kResidents, {age_ms, after.made, after.made, after.sha256, limit}, [](const Row& row) {
        return Resident{.sha256 = row.bytes<32>(0), .size = row.number(1), .made = row.number(2)};
      });
}

Result<bool> leave(Transaction& tx, const Sha256& sha256) {
  auto left = tx.run(kLeave, {sha256});
  if (!left) return left.error();
  return left->rows == 1;
}

Result<std::vector<Sha256>> leaving_blobs(Connection& db, std::uint64_t linger_ms,
                                          std::size_t limit) {
  return all<Sha256>(db, kLeaving, {linger_ms, limit},
                     [](const Row& row) { return row.bytes<32>(0); });
}

Result<std::uint64_t> leaving_bytes(Connection& db) {
  std::uint64_t bytes = 0;
  auto found = db.query(kLeavingBytes, {}, [&](const Row& row) { bytes = row.number(0); });
  if (!found) return found.error();
  return bytes;
}

Result<bool> is_leaving(Transaction& tx, const Sha256& sha256) {
  bool leaving = false;
  auto found = tx.query(kIsLeaving, {sha256}, [&](const Row&) { leaving = true; });
  if (!found) return found.error();
  return leaving;
}

Result<> forget_copy(Transaction& tx, const Sha256& sha256, std::string_view store) {
  return change(tx, kForget, {sha256, store});
}

Result<std::vector<BlobCopy>> due_copies(Connection& db, std::string_view store,
                                         std::uint64_t age_ms, std::uint64_t read_ms,
                                         std::size_t limit) {
  return all<BlobCopy>(db, kDue, {read_ms, store, age_ms, limit}, blob_copy_of);
}

Result<std::vector<BlobCopy>> list_copies(Connection& db, std::string_view store,
                                          const Sha256& after, std::size_t limit) {
  return all<BlobCopy>(db, kList, {store, after, limit}, blob_copy_of);
}

Result<> mark_verified(Connection& db, const Sha256& sha256, const Copy& copy, bool read) {
  return change(db, kVerified, {read, sha256, copy.store, copy.serial});
}

Result<> mark_damaged(Connection& db, const Sha256& sha256, const Copy& copy) {
  return change(db, kDamaged, {sha256, copy.store, copy.serial});
}

Result<> mark_unhealed(Connection& db, const Sha256& sha256, std::string_view store) {
  return change(db, kUnhealed, {sha256, store});
}

}  // namespace coffer
