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
  std::string staging{};
};

/// Keeps `size` bytes of the owner's quota. Errc::too_large if they are not there. `staging` is
/// the folder that the uploading process holds, or "" for one that outlives it (Resumable).
Result<UploadId> reserve(Transaction& tx, UserId owner, std::uint64_t size,
                         std::string_view staging);

/// Notes that charge() has taken `bytes` of what an upload reserved, and that it goes on.
Result<> spend(Transaction& tx, UploadId upload, std::uint64_t bytes);

/// Ends an upload and gives back the `size` bytes of its reservation that charge() did not
/// take. One that has ended already is left as it is.
Result<> release(Transaction& tx, const Upload& upload);

/// Every upload that a process has under way, and those whose process died.
Result<std::vector<Upload>> list_uploads(Connection& db);

}  // namespace coffer
