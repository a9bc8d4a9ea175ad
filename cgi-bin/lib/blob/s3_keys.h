// S3Keys: the access keys of a store, which may change while a program runs.

#pragma once

#include <filesystem>
#include <mutex>

#include "base/result.h"
#include "blob/sigv4.h"

namespace coffer {

/// The keys in a file of two lines, the access key and the secret key, which nobody but its owner
/// may read; without a path, those of the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
/// and AWS_SESSION_TOKEN where there is one). Errc::internal if there are none.
Result<AccessKeys> read_access_keys(const std::filesystem::path& file);

class S3Keys {
 public:
  S3Keys(std::filesystem::path file, AccessKeys keys)
      : file_(std::move(file)), keys_(std::move(keys)) {}

  AccessKeys now() const;

  /// Reads the keys again. Whether they are others than `refused` now.
  bool renewed_since(const AccessKeys& refused);

 private:
  std::filesystem::path file_;
  mutable std::mutex mutex_;
  AccessKeys keys_;
};

}  // namespace coffer
