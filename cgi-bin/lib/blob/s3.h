// S3Store: one object per blob, <prefix>9f86d081… (its key's text), in a bucket of S3 or of what
// speaks like it: Ceph, OSS, MinIO.
//
//   auto store = S3Store::open({.endpoint = "https://s3.example", .bucket = "coffer",
//                               .keys_file = "/etc/coffer/s3.keys"});
//
// Bytes are guarded by the MD5 of each part on their way there, and by TLS, if the endpoint has it,
// on their way back. A bucket that encrypts with keys of its own (SSE-KMS) has ETags that are no
// MD5, and is not for us. A file that was being sent by a program that was killed is in
// unfinished() until remove() of its key.

#pragma once

#include "blob/s3_client.h"

namespace coffer {

class S3Store : public BlobStore {
 public:
  /// Errc::internal with a sentence on what is wrong in the options. Asks nothing of the bucket.
  static Result<std::unique_ptr<S3Store>> open(S3Options options);

  /// A Source that get() returns is read while the store lives.
  Result<std::string> put(const Key& key, const Opener& bytes, std::uint64_t size) override;
  Result<std::unique_ptr<Source>> get(const Key& key, ByteRange range) override;
  Result<Stat> stat(const Key& key) override;
  Result<> remove(const Key& key) override;
  Result<std::vector<Key>> list(const std::optional<Key>& after, std::size_t limit) override;
  Result<std::vector<Key>> unfinished() override;

  /// A URL at which anyone may get the blob for that long, a week at most, with these values of
  /// Content-Disposition and Content-Type.
  std::string presign(const Key& key, std::chrono::seconds lifetime, const std::string& disposition,
                      const std::string& type) const;

 private:
  S3Store(S3Options options, std::unique_ptr<S3Client> client)
      : options_(std::move(options)), client_(std::move(client)) {}

  std::string object_of(const Key& key) const { return options_.prefix + key_text(key); }

  S3Options options_;
  std::unique_ptr<S3Client> client_;
};

}  // namespace coffer
