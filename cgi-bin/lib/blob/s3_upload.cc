#include "blob/s3_upload.h"

#include <algorithm>
#include <deque>
#include <future>

#include "base/text.h"
#include "blob/s3_read.h"
#include "digest/hash.h"

namespace coffer {
namespace {

constexpr std::uint64_t kMostParts = 10'000;
constexpr std::uint64_t kMiB = 1 << 20;
constexpr std::size_t kMostUploadId = 1024;

// Reads bytes part by part: the MD5 of each, and at the end whether they are what they claim to be.
class PartDigester {
 public:
  explicit PartDigester(const S3Upload& upload) : upload_(upload) {}

  Result<Md5> next(std::uint64_t length);

 private:
  Result<> check_end(Source& source);

  const S3Upload& upload_;
  std::uint64_t offset_ = 0;
  Hash<Sha256> sha256_;
  std::vector<char> buffer_ = std::vector<char>(64 * 1024);
};

// The last part is opened a byte further, where nothing must be.
Result<Md5> PartDigester::next(std::uint64_t length) {
  bool last = offset_ + length == upload_.size;
  auto source = upload_.bytes({offset_, length + (last ? 1 : 0)});
  if (!source) return source.error();
  Hash<Md5> md5;
  for (auto left = length; left > 0;) {
    auto n = (*source)->read(std::span(buffer_).first(std::min<std::uint64_t>(left, 64 * 1024)));
    if (!n) return n.error();
    if (*n == 0) return Error{Errc::data_loss, "'" + hex(upload_.name) + "' ends too early"};
    md5.update({buffer_.data(), *n});
    sha256_.update({buffer_.data(), *n});
    left -= *n;
  }
  offset_ += length;
  if (last)
    if (auto end = check_end(**source); !end) return end.error();
  return md5.finish();
}

Result<> PartDigester::check_end(Source& source) {
  auto n = source.read(std::span(buffer_).first(1));
  if (!n) return n.error();
  if (*n > 0) return Error{Errc::data_loss, "'" + hex(upload_.name) + "' is longer than its size"};
  if (sha256_.finish() != upload_.name)
    return Error{Errc::data_loss, "bytes do not hash to '" + hex(upload_.name) + "'"};
  return {};
}

Result<std::string> upload_whole(S3Client& client, const S3Upload& upload) {
  auto md5 = PartDigester(upload).next(upload.size);
  if (!md5) return md5.error();
  auto sent = client.call({.method = "PUT",
                           .object = upload.object,
                           .headers = upload.headers,
                           .body = upload.bytes,
                           .part = {.length = upload.size},
                           .md5 = *md5});
  if (sent) return hex(*md5);
  // The bucket has taken what it should not have.
  if (sent.error().code == Errc::data_loss) [[maybe_unused]]
    auto best_effort = client.call({.method = "DELETE", .object = upload.object});
  return sent.error();
}

// A multipart upload: what it sends becomes an object by complete(), or goes by abort().
class Multipart {
 public:
  Multipart(S3Client& client, const S3Upload& upload) : client_(client), upload_(upload) {}

  Result<> begin();
  Result<> send_parts();
  Result<> complete();
  void abort();
  std::string etag() const;

 private:
  Result<> send_next(std::uint64_t offset, std::uint64_t length);
  Result<> wait_for(std::size_t most);

  S3Client& client_;
  const S3Upload& upload_;
  std::string id_;
  PartDigester digester_{upload_};
  std::vector<Md5> md5s_;
  std::deque<std::future<Result<>>> sending_;
};

Result<> Multipart::begin() {
  auto answer = client_.ask({.method = "POST",
                             .object = upload_.object,
                             .query = {{"uploads", ""}},
                             .headers = upload_.headers});
  if (!answer) return answer.error();
  id_ = answer->at("UploadId");
  if (id_.empty() || id_.size() > kMostUploadId)
    return Error{Errc::internal, "a bucket that names no upload"};
  return {};
}

// All is over when it returns: no part is on its way that an abort() would miss.
Result<> Multipart::send_parts() {
  auto part_size = part_size_for(upload_.size, upload_.part_size);
  Result<> outcome;
  for (std::uint64_t offset = 0; outcome && offset < upload_.size; offset += part_size)
    outcome = send_next(offset, std::min(part_size, upload_.size - offset));
  auto rest = wait_for(0);
  return outcome ? rest : outcome;
}

// Digests a part while those before it are being sent.
Result<> Multipart::send_next(std::uint64_t offset, std::uint64_t length) {
  auto md5 = digester_.next(length);
  if (!md5) return md5.error();
  if (auto sent = wait_for(upload_.parts_at_a_time - 1); !sent) return sent;
  md5s_.push_back(*md5);
  S3Request request{.method = "PUT",
                    .object = upload_.object,
                    .query = {{"partNumber", std::to_string(md5s_.size())}, {"uploadId", id_}},
                    .body = upload_.bytes,
                    .part = {offset, length},
                    .md5 = *md5};
  sending_.push_back(std::async(std::launch::async, [this, request]() -> Result<> {
    auto sent = client_.call(request);
    return sent ? Result<>() : sent.error();
  }));
  return {};
}

// Waits until no more than so many parts are on their way.
Result<> Multipart::wait_for(std::size_t most) {
  Result<> outcome;
  for (; sending_.size() > most; sending_.pop_front())
    if (auto sent = sending_.front().get(); outcome) outcome = sent;
  return outcome;
}

Result<> Multipart::complete() {
  std::string list = "<CompleteMultipartUpload>";
  for (std::size_t i = 0; i < md5s_.size(); i++)
    list += "<Part><PartNumber>" + std::to_string(i + 1) + "</PartNumber><ETag>\"" + hex(md5s_[i]) +
            "\"</ETag></Part>";
  list += "</CompleteMultipartUpload>";
  auto body = [&](ByteRange) -> Result<std::unique_ptr<Source>> {
    return std::make_unique<StringSource>(list);
  };
  auto answer = client_.call({.method = "POST",
                              .object = upload_.object,
                              .query = {{"uploadId", id_}},
                              .body = body,
                              .part = {.length = list.size()}});
  if (!answer) return answer.error();
  return {};
}

void Multipart::abort() {
  [[maybe_unused]] auto best_effort =
      client_.call({.method = "DELETE", .object = upload_.object, .query = {{"uploadId", id_}}});
}

std::string Multipart::etag() const {
  Hash<Md5> all;
  for (auto& md5 : md5s_) all.update(text_of(md5));
  return hex(all.finish()) + "-" + std::to_string(md5s_.size());
}

// What became of an upload whose end was not answered, or not in full, the object itself says.
Result<std::string> upload_parts(S3Client& client, const S3Upload& upload) {
  Multipart parts(client, upload);
  if (auto begun = parts.begin(); !begun) return begun.error();
  auto outcome = parts.send_parts();
  if (outcome) {
    outcome = parts.complete();
    auto there = stat_object(client, upload.object);
    if (there && there->size == upload.size) return parts.etag();
    if (outcome && !there) outcome = there.error();
    if (outcome) outcome = Error{Errc::data_loss, "the bucket has put parts together wrongly"};
  }
  parts.abort();
  if (outcome.error().code != Errc::not_found) return outcome.error();
  return Error{Errc::unavailable, "an upload was aborted by somebody else"};
}

}  // namespace

std::uint64_t part_size_for(std::uint64_t size, std::uint64_t wanted) {
  auto least = size / kMostParts + (size % kMostParts > 0 ? 1 : 0);
  if (least <= wanted) return wanted;
  return (least + kMiB - 1) / kMiB * kMiB;
}

Result<std::string> upload_object(S3Client& client, const S3Upload& upload) {
  return upload.size <= upload.part_size ? upload_whole(client, upload)
                                         : upload_parts(client, upload);
}

}  // namespace coffer
