// Uploads: space kept, in the user's quota, for bytes on their way in.

#pragma once

#include <string>
#include <vector>

#include "meta/types.h"
#include "sql/database.h"

namespace coffer {

struct Upload {
  UploadId id{};
  UserId owner{};
  std::uint64_t size = 0;
  std::string staging;
};

/// Keeps `size` bytes of the owner's quota. Errc::too_large if they are not there.
Result<UploadId> reserve(Transaction& tx, UserId owner, std::uint64_t size,
                         std::string_view staging);

/// Gives back what was reserved. charge() does so for an upload that came to a good end:
/// forget_upload() then only removes the row.
Result<> release(Transaction& tx, const Upload& upload);
Result<> forget_upload(Transaction& tx, UploadId upload);

/// Bytes reserved by every upload under way, for the check against the disk.
Result<std::uint64_t> reserved_bytes(Connection& db);

/// Uploads begun more than `age_ms` ago.
Result<std::vector<Upload>> old_uploads(Connection& db, std::uint64_t age_ms);

}  // namespace coffer
