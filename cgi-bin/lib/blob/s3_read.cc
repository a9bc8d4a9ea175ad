#include "blob/s3_read.h"

#include <algorithm>

#include "base/text.h"
#include "base/time.h"
#include "digest/endian.h"

namespace coffer {
namespace {

constexpr unsigned kMostReopenings = 3;  // without a byte in between

// RFC 9110, 14.1.2. The whole object is asked for without it: an empty one has no range.
Pairs range_header(ByteRange range) {
  if (range.offset == 0 && range.length == UINT64_MAX) return {};
  auto value = "bytes=" + std::to_string(range.offset) + "-";
  if (range.length <= INT64_MAX) value += std::to_string(range.offset + range.length - 1);
  return {{"range", value}};
}

// Whether the answer's bytes are those that were asked for: "bytes 7-9/200" begins at 7.
bool begins_at(const HttpStream& answer, std::uint64_t offset) {
  if (answer.status == 200) return offset == 0;
  auto range = header_of(answer.headers, "content-range");
  if (!range.starts_with("bytes ")) return false;
  range.remove_prefix(sizeof "bytes " - 1);
  return parse_number(range.substr(0, range.find('-'))) == offset;
}

class ObjectSource : public Source {
 public:
  ObjectSource(S3Client& client, std::string object, ByteRange range)
      : client_(client), object_(std::move(object)), range_(range) {}

  Result<> open();
  Result<std::size_t> read(std::span<char> buffer) override;

 private:
  S3Client& client_;
  std::string object_;
  ByteRange range_;  // what is left
  std::string etag_;
  std::unique_ptr<Source> body_;
  unsigned reopenings_ = 0;
};

Result<> ObjectSource::open() {
  S3Request request{.object = object_, .headers = range_header(range_)};
  if (!etag_.empty()) request.headers.emplace_back("if-match", "\"" + etag_ + "\"");
  auto answer = client_.open_stream(request);
  if (!answer) return answer.error();
  if (!*answer) {
    range_.length = 0;
    return {};
  }
  if (!begins_at(**answer, range_.offset))
    return Error{Errc::internal, "a bucket that does not know ranges"};
  if (etag_.empty()) etag_ = etag_of((*answer)->headers);
  body_ = std::move((*answer)->body);
  return {};
}

// Not more is handed out than was asked for, whatever comes.
Result<std::size_t> ObjectSource::read(std::span<char> buffer) {
  buffer = buffer.first(std::min<std::uint64_t>(buffer.size(), range_.length));
  while (!buffer.empty()) {
    auto n = body_->read(buffer);
    if (n) {
      if (*n == 0) range_.length = 0;
      if (*n > 0) reopenings_ = 0;
      range_.offset += *n;
      if (range_.length != UINT64_MAX) range_.length -= std::min<std::uint64_t>(*n, range_.length);
      return n;
    }
    if (n.error().code != Errc::unavailable || reopenings_++ == kMostReopenings) return n;
    if (auto opened = open(); !opened) return opened.error();
    if (range_.length == 0) break;
  }
  return 0u;
}

}  // namespace

Result<Stat> stat_object(S3Client& client, const std::string& object) {
  auto answer = client.call({.method = "HEAD", .object = object});
  if (!answer) return answer.error();
  auto& headers = answer->headers;
  auto size = parse_number(header_of(headers, "content-length"));
  if (!size) return Error{Errc::internal, "a bucket that does not say how large its objects are"};
  Stat stat{.size = *size, .etag = etag_of(headers)};
  if (auto crc64 = parse_number(header_of(headers, "x-oss-hash-crc64ecma")))
    stat.crc64 = big_endian<8>(*crc64);
  stat.modified_ms = parse_http_time(header_of(headers, "last-modified")).value_or(0);
  return stat;
}

Result<std::unique_ptr<Source>> read_object(S3Client& client, const std::string& object,
                                            ByteRange range) {
  // Servers count in 63 bits: where no byte can be, it is only asked whether there is an object.
  if (range.length == 0 || range.offset > INT64_MAX - 1) {
    auto there = stat_object(client, object);
    if (!there) return there.error();
    return std::make_unique<StringSource>("");
  }
  if (range.length > INT64_MAX - range.offset) range.length = UINT64_MAX;
  auto source = std::make_unique<ObjectSource>(client, object, range);
  if (auto opened = source->open(); !opened) return opened.error();
  return source;
}

}  // namespace coffer
