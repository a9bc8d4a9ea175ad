#include "meta/blob.h"

#include "meta/blob_row.h"

namespace coffer {
namespace {

constexpr char kAddReference[] =
    "INSERT INTO `blob` (sha256, size, sha1, md5, crc32, crc64, refs, touched)"
    " VALUES (?, ?, ?, ?, ?, ?, 1, UNIX_TIMESTAMP(NOW(3)) * 1000)"
    " ON DUPLICATE KEY UPDATE refs = refs + 1, touched = UNIX_TIMESTAMP(NOW(3)) * 1000";
constexpr char kIsDoomed[] = "SELECT doomed FROM `blob` WHERE sha256 = ?";
constexpr char kCopyReference[] =
    "UPDATE `blob` SET refs = refs + 1, touched = UNIX_TIMESTAMP(NOW(3)) * 1000"
    " WHERE sha256 = ? AND refs > 0";
constexpr char kDropReference[] =
    "UPDATE `blob` SET refs = refs - 1, touched = UNIX_TIMESTAMP(NOW(3)) * 1000"
    " WHERE sha256 = ? AND refs > 0";
constexpr char kFind[] = "SELECT " BLOB_COLUMNS " FROM `blob` b WHERE b.sha256 = ?";
constexpr char kUnreferenced[] =
    "SELECT sha256 FROM `blob` FORCE INDEX (unreferenced)"
    " WHERE refs = 0 AND touched <= UNIX_TIMESTAMP(NOW(3)) * 1000 - ? ORDER BY touched LIMIT ?";
constexpr char kClaim[] =
    "INSERT IGNORE INTO `blob` (sha256, size, sha1, md5, crc32, crc64, refs, touched, doomed)"
    " VALUES (?, 0, '', '', '', '', 0, 0, TRUE)";
constexpr char kDoom[] =
    "UPDATE `blob` SET doomed = TRUE"
    " WHERE sha256 = ? AND refs = 0 AND touched <= UNIX_TIMESTAMP(NOW(3)) * 1000 - ?";
constexpr char kForget[] = "DELETE FROM `blob` WHERE sha256 = ? AND doomed AND refs = 0";
constexpr char kLeaveCopies[] =
    "INSERT IGNORE INTO remnant (store, sha256, serial, since)"
    " SELECT store, sha256, serial, UNIX_TIMESTAMP(NOW(3)) * 1000 FROM copy"
    " WHERE sha256 = ? AND serial <> 0";
constexpr char kLeaveTransfers[] =
    "INSERT IGNORE INTO remnant (store, sha256, serial, since)"
    " SELECT store, sha256, serial, UNIX_TIMESTAMP(NOW(3)) * 1000 FROM transfer"
    " WHERE sha256 = ? AND serial <> 0";
constexpr char kForgetCopies[] = "DELETE FROM copy WHERE sha256 = ?";
constexpr char kForgetTransfers[] = "DELETE FROM transfer WHERE sha256 = ?";

}  // namespace

Result<bool> add_reference(Transaction& tx, const Digests& digests, std::uint64_t size) {
  auto added = tx.run(kAddReference, {digests.sha256, size, digests.sha1, digests.md5,
                                      digests.crc32, digests.crc64});
  if (!added) return added.error();
  if (added->rows == 1) return true;  // a new row; 2 is MySQL's count for one that was there
  bool doomed = false;
  auto found =
      tx.query(kIsDoomed, {digests.sha256}, [&](const Row& row) { doomed = row.number(0) != 0; });
  if (!found) return found.error();
  return !doomed;
}

Result<> drop_reference(Transaction& tx, const Sha256& sha256) {
  return expect_one(tx.run(kDropReference, {sha256}),
                    {Errc::internal, "a blob has fewer references than rows"});
}

Result<> copy_reference(Transaction& tx, const Sha256& sha256) {
  return expect_one(tx.run(kCopyReference, {sha256}),
                    {Errc::internal, "a row refers to a blob without references"});
}

Result<Blob> find_blob(Connection& db, const Sha256& sha256) {
  Blob blob;
  bool there = false;
  auto found = db.query(kFind, {sha256}, [&](const Row& row) {
    there = true;
    blob = blob_of(row);
  });
  if (!found) return found.error();
  if (!there) return Error{Errc::not_found, "no such blob"};
  return blob;
}

Result<std::vector<Sha256>> unreferenced_blobs(Connection& db, std::uint64_t grace_ms,
                                               std::size_t limit) {
  std::vector<Sha256> names;
  auto found = db.query(kUnreferenced, {grace_ms, limit},
                        [&](const Row& row) { names.push_back(row.bytes<32>(0)); });
  if (!found) return found.error();
  return names;
}

// The UPDATE first: an INSERT that finds the row holds it shared, and if an upload waits for it by
// then, wanting more is a deadlock.
Result<bool> doom(Transaction& tx, const Sha256& sha256, std::uint64_t grace_ms) {
  auto doomed = tx.run(kDoom, {sha256, grace_ms});
  if (!doomed) return doomed.error();
  if (doomed->rows == 1) return true;
  auto claimed = tx.run(kClaim, {sha256});
  if (!claimed) return claimed.error();
  return claimed->rows == 1;
}

Result<> forget_blob(Transaction& tx, const Sha256& sha256) {
  for (const char* sql : {kForget, kLeaveCopies, kLeaveTransfers, kForgetCopies, kForgetTransfers})
    if (auto done = tx.run(sql, {sha256}); !done) return done.error();
  return {};
}

}  // namespace coffer
