#include "meta/upload.h"

namespace coffer {
namespace {

constexpr char kReserve[] =
    "UPDATE user SET reserved = reserved + ? WHERE id = ? AND used + reserved + ? <= quota";
constexpr char kAdd[] =
    "INSERT INTO upload (owner, size, staging, created)"
    " VALUES (?, ?, ?, UNIX_TIMESTAMP(NOW(3)) * 1000)";
constexpr char kRelease[] =
    "UPDATE user SET reserved = reserved - ? WHERE id = ? AND reserved >= ?";
constexpr char kForget[] = "DELETE FROM upload WHERE id = ?";
constexpr char kList[] =
    "SELECT id, owner, size, staging FROM upload WHERE staging <> '' ORDER BY id";

}  // namespace

Result<UploadId> reserve(Transaction& tx, UserId owner, std::uint64_t size,
                         std::string_view staging) {
  auto kept = tx.run(kReserve, {size, owner, size});
  if (!kept) return kept.error();
  if (kept->rows != 1) return Error{Errc::too_large, "that would go over your quota"};
  auto added = tx.run(kAdd, {owner, size, staging});
  if (!added) return added.error();
  return UploadId{added->id};
}

Result<> release(Transaction& tx, const Upload& upload) {
  auto forgotten = tx.run(kForget, {upload.id});
  if (!forgotten) return forgotten.error();
  if (forgotten->rows == 0) return {};
  auto released = tx.run(kRelease, {upload.size, upload.owner, upload.size});
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
