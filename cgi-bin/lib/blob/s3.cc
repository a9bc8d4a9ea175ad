#include "blob/s3.h"

#include <algorithm>

#include "blob/s3_list.h"
#include "blob/s3_read.h"
#include "blob/s3_upload.h"

namespace coffer {
namespace {

constexpr std::size_t kMostUnfinished = 1000;

bool is_gone(const Result<HttpAnswer>& answer) {
  return answer || answer.error().code == Errc::not_found;
}

}  // namespace

Result<std::unique_ptr<S3Store>> S3Store::open(S3Options options) {
  auto client = S3Client::open(options);
  if (!client) return client.error();
  return std::unique_ptr<S3Store>(new S3Store(std::move(options), std::move(*client)));
}

Result<std::string> S3Store::put(const Key& key, const Opener& bytes, std::uint64_t size) {
  // To ask first pays where much would be sent; to put the same bytes again changes nothing.
  if (size > options_.part_size) {
    auto there = stat(key);
    if (there && there->size == size) return std::string();
    if (!there && there.error().code != Errc::not_found) return there.error();
  }
  S3Upload upload{.object = object_of(key),
                  .headers = {},
                  .name = key.blob,
                  .bytes = bytes,
                  .size = size,
                  .part_size = options_.part_size,
                  .parts_at_a_time = options_.parts_at_a_time};
  if (!options_.acl.empty()) upload.headers.emplace_back("x-amz-acl", options_.acl);
  if (!options_.storage_class.empty())
    upload.headers.emplace_back("x-amz-storage-class", options_.storage_class);
  return upload_object(*client_, upload);
}

Result<std::unique_ptr<Source>> S3Store::get(const Key& key, ByteRange range) {
  return read_object(*client_, object_of(key), range);
}

Result<Stat> S3Store::stat(const Key& key) { return stat_object(*client_, object_of(key)); }

// The uploads go first: one that was completed after the object has been deleted would bring it
// back.
Result<> S3Store::remove(const Key& key) {
  auto object = object_of(key);
  auto uploads = list_uploads(*client_, object);
  if (!uploads) return uploads.error();
  for (auto& upload : *uploads) {
    if (upload.object != object) continue;
    auto aborted =
        client_->call({.method = "DELETE", .object = object, .query = {{"uploadId", upload.id}}});
    if (!is_gone(aborted)) return aborted.error();
  }
  auto removed = client_->call({.method = "DELETE", .object = object});
  if (!is_gone(removed)) return removed.error();
  return {};
}

Result<std::vector<Key>> S3Store::list(const std::optional<Key>& after, std::size_t limit) {
  return list_objects(*client_, options_.prefix, after, limit);
}

Result<std::vector<Key>> S3Store::unfinished() {
  auto uploads = list_uploads(*client_, options_.prefix);
  if (!uploads) return uploads.error();
  std::vector<Key> keys;
  for (auto& upload : *uploads)
    if (upload.object.starts_with(options_.prefix))
      if (auto key = parse_key(upload.object.substr(options_.prefix.size()))) keys.push_back(*key);
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  keys.resize(std::min(keys.size(), kMostUnfinished));
  return keys;
}

std::string S3Store::presign(const Key& key, std::chrono::seconds lifetime,
                             const std::string& disposition, const std::string& type) const {
  return client_->presign(
      {.object = object_of(key),
       .query = {{"response-content-disposition", disposition}, {"response-content-type", type}}},
      lifetime);
}

}  // namespace coffer
