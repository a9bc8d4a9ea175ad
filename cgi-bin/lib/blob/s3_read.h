// Reading an object: what is said of it, and a Source that goes on where its connection broke.

#pragma once

#include "blob/s3_client.h"

namespace coffer {

/// What the bucket says of an object, or Errc::not_found.
Result<Stat> stat_object(S3Client& client, const std::string& object);

/// The bytes of an object in `range`, as BlobStore::get() promises them. `client` must outlive the
/// Source.
Result<std::unique_ptr<Source>> read_object(S3Client& client, const std::string& object,
                                            ByteRange range);

}  // namespace coffer
