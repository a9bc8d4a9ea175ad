#include "meta/upload.h"

#include <algorithm>

namespace coffer {
namespace {

constexpr char kReserve[] =
    "UPDATE user SET reserved = reserved + ? WHERE id = ? AND used + reserved + ? <= quota";
constexpr char kAdd[] =
    "INSERT INTO upload (owner, size, staging, created)"
    " VALUES (?, ?, ?, UNIX_TIMESTAMP(NOW(3)) * 1000)";
constexpr char kRelease[] =
    "UPDATE user SET reserved = reserved - ? WHERE id = ? AND reserved >= ?";
constexpr char kSpend[] = "UPDATE upload SET size = size - ? WHERE id = ? AND size >= ?";
constexpr char kLock[] = "SELECT size FROM upload WHERE id = ? FOR UPDATE";
constexpr char kForget[] = "DELETE FROM upload WHERE id = ?";
constexpr char kList[] =
    "SELECT id, owner, size, staging FROM upload WHERE staging <> '' ORDER BY id";

}  // namespace

Result<UploadId> reserve(Transaction& tx, UserId owner, std::uint64_t size,
                         std::string_view staging) {
  auto kept = expect_one(tx.run(kReserve, {size, owner, size}),
                         {Errc::too_large, "that would go over your quota"});
  if (!kept) return kept.error();
  auto added = tx.run(kAdd, {owner, size, staging});
  if (!added) return added.error();
  return UploadId{added->id};
}

Result<> spend(Transaction& tx, UploadId upload, std::uint64_t bytes) {
  return expect_one(tx.run(kSpend, {bytes, upload, bytes}),
                    {Errc::internal, "an upload has not reserved what it spends"});
}

// What the row says counts where it is less: its owner may not know that a commit has come through.
Result<> release(Transaction& tx, const Upload& upload) {
  std::uint64_t kept = 0;
  auto locked = tx.query(kLock, {upload.id}, [&](const Row& row) { kept = row.number(0); });
  if (!locked) return locked.error();
  auto forgotten = tx.run(kForget, {upload.id});
  if (!forgotten) return forgotten.error();
  if (forgotten->rows == 0) return {};
  kept = std::min(kept, upload.size);
  auto released = tx.run(kRelease, {kept, upload.owner, kept});
  if (!released) return released.error();
  return {};
}

Result<std::vector<Upload>> list_uploads(Connection& db) {
  std::vector<Upload> uploads;
  auto found = db.query(kList, {}, [&](const Row& row) {
    uploads.push_back(
        {row.id<UploadId>(0), row.id<UserId>(1), row.number(2), std::string(row.text(3))});
  });
  if (!found) return found.error();
  return uploads;
}

}  // namespace coffer
