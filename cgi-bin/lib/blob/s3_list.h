// What is in a bucket: objects, and uploads in several parts that were begun and not ended.

#pragma once

#include "blob/s3_client.h"

namespace coffer {

/// Up to `limit` keys below `prefix` in order, each greater than `after`. Objects of other names
/// are strangers' and left out.
Result<std::vector<Key>> list_objects(S3Client& client, const std::string& prefix,
                                      const std::optional<Key>& after, std::size_t limit);

struct OpenUpload {
  std::string object{};
  std::string id{};
};

/// About a thousand of the uploads to objects whose keys begin with `prefix`: whole pages.
Result<std::vector<OpenUpload>> list_uploads(S3Client& client, const std::string& prefix);

}  // namespace coffer
