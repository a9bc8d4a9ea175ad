// Sending an object: in one request, or in parts of which several are on their way at a time.

#pragma once

#include "blob/s3_client.h"

namespace coffer {

struct S3Upload {
  std::string object{};
  Pairs headers{};  // of the object
  Sha256 name{};
  Opener bytes{};  // opened by several threads at a time
  std::uint64_t size = 0;
  std::uint64_t part_size = 0;
  unsigned parts_at_a_time = 1;
};

/// How large the parts of `size` bytes are: `wanted`, or as much more as it takes for S3's 10,000
/// to be enough.
std::uint64_t part_size_for(std::uint64_t size, std::uint64_t wanted);

/// Sends the bytes, each part of them read twice: to digest it, and to send it. Errc::data_loss if
/// they are fewer or more than the size, do not hash to the name, or arrive as others; there is
/// no object then. Returns the ETag that the object must have.
Result<std::string> upload_object(S3Client& client, const S3Upload& upload);

}  // namespace coffer
