// S3Client: signed requests to one bucket, repeated while there is hope. The errors of all its
// calls are those of an S3Store:
//
//   Errc::not_found     the object is not there
//   Errc::unavailable   no answer, or that of a server in trouble, at the last try, too
//   Errc::data_loss     other bytes arrived than were sent, at the last try, too
//   Errc::internal      the bucket refuses: a wrong key, no such bucket, a request it does not know
//
// Every request may be repeated: the key of an object is used for the same bytes only.

#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "blob/s3_keys.h"
#include "blob/s3_options.h"
#include "blob/sigv4.h"
#include "blob/store.h"
#include "net/http.h"
#include "net/xml.h"

namespace coffer {

struct S3Request {
  std::string method{"GET"};
  std::string object{};  // its key, with the prefix; empty for the bucket itself
  Pairs query{};
  Pairs headers{};  // names in lower case
  Opener body{};    // of which `part` is sent
  ByteRange part{.length = 0};
  std::optional<Md5> md5{};  // of that part: the server is to check it, and must not say another
};

/// How often a request is sent in all. A user who waits for bytes is not to wait for long: after a
/// silence that was long enough to give up a connection there is no other try.
inline constexpr unsigned kTries = 4;
inline constexpr unsigned kReaderTries = 2;

/// The ETag of an answer, without its quotes.
std::string etag_of(const HttpHeaders& headers);

class S3Client {
 public:
  /// Errc::internal with a sentence on what is wrong in the options.
  static Result<std::unique_ptr<S3Client>> open(const S3Options& options);

  /// A 2xx answer, whole; its body has no more than 4 MiB.
  Result<HttpAnswer> call(const S3Request& request);

  /// The same, whose body is an XML document.
  Result<Xml> ask(const S3Request& request);

  /// A 2xx answer to a GET, its body on its way; nothing if what it asks for is past the object's
  /// end.
  Result<std::optional<HttpStream>> open_stream(const S3Request& request);

  /// A URL at which anyone may get `request.object` for that long.
  std::string presign(const S3Request& request, std::chrono::seconds lifetime) const;

 private:
  S3Client(const S3Options& options, S3Address address, AccessKeys keys);

  template <class Once>
  auto repeat(unsigned tries, std::chrono::steady_clock::duration patience, Once once);
  Result<HttpStream> attempt(const S3Request& request);
  Result<HttpStream> send(const S3Request& request, const AccessKeys& keys);
  Signable signable(const S3Request& request) const;
  SigningScope scope() const;
  std::string url(const Signable& request) const;
  Error refusal(const S3Request& request, HttpStream& answer) const;
  Error error_of(const S3Request& request, int status, std::string_view code) const;
  bool mend_clock(const HttpHeaders& headers);

  std::string bucket_;
  std::string region_;
  S3Address address_;
  S3Keys keys_;
  std::chrono::seconds stall_;
  HttpClient http_;
  std::atomic<std::int64_t> clock_offset_ms_ = 0;  // of the server's clock to ours
};

}  // namespace coffer
