#include "blob/s3_client.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <thread>

#include "base/text.h"
#include "base/time.h"
#include "digest/token.h"

namespace coffer {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;
using Duration = Clock::duration;

constexpr std::size_t kMostAnswerBytes = 4 << 20;
constexpr std::size_t kMostErrorBytes = 64 * 1024;
constexpr std::uint64_t kLongestRetryAfter = 10;  // seconds
constexpr milliseconds kFirstPause{200}, kLongestPause{5000};
constexpr std::int64_t kClockTolerance = 5 * 60 * 1000;  // ms, of the 15 minutes that S3 allows

// Errors that pass, also where their status does not say so: some come with 400, and that of
// CompleteMultipartUpload comes with 200.
constexpr std::array<std::string_view, 6> kPassing{"InternalError",  "SlowDown",
                                                   "RequestTimeout", "ServiceUnavailable",
                                                   "IncompleteBody", "OperationAborted"};
constexpr std::array kPassingStatuses{408, 429, 500, 502, 503, 504};

bool among(const auto& list, const auto& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

// What else goes wrong goes wrong again. Bytes may be damaged on one way and not on the next.
bool may_pass(const Error& error) {
  return error.code == Errc::unavailable || error.code == Errc::data_loss;
}

// Exponential backoff with full jitter ("Exponential Backoff And Jitter", AWS Architecture Blog):
// clients that failed together do not come back together.
milliseconds pause_before(unsigned round, unsigned retry_after) {
  if (retry_after > 0) return std::chrono::seconds(retry_after);
  std::array<std::uint8_t, 2> random;
  fill_random(random);
  auto longest = std::min(kFirstPause * (1 << std::min(round, 10u)), kLongestPause);
  return longest * (random[0] << 8 | random[1]) / 0xffff;
}

std::int64_t now_ms() {
  auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<milliseconds>(now).count();
}

// The code of an <Error>, or nothing. It goes into the log: what is no word is none.
std::string code_of(const Xml& error) {
  auto code = error.at("Code");
  auto is_letter = [](char c) { return lower({&c, 1})[0] >= 'a' && lower({&c, 1})[0] <= 'z'; };
  if (code.size() > 64 || !std::all_of(code.begin(), code.end(), is_letter)) return {};
  return std::string(code);
}

// A range past the end is no failure of the request that asks for it.
bool is_success(const S3Request& request, int status) {
  auto is_range = [](auto& header) { return header.first == "range"; };
  if (status == 416) return std::ranges::any_of(request.headers, is_range);
  return status >= 200 && status < 300;
}

// The server says the MD5 of what it has got, unless its ETags are of another kind.
bool has_other_bytes(const S3Request& request, const HttpHeaders& headers) {
  auto etag = etag_of(headers);
  auto said = unhex(etag);
  return request.md5 && said && said->size() == request.md5->size() && etag != hex(*request.md5);
}

}  // namespace

std::string etag_of(const HttpHeaders& headers) {
  std::string etag(header_of(headers, "etag"));
  std::erase(etag, '"');
  return etag;
}

Result<std::unique_ptr<S3Client>> S3Client::open(const S3Options& options) {
  auto address = address_of(options);
  if (!address) return address.error();
  auto keys = read_access_keys(options.keys_file);
  if (!keys) return keys.error();
  return std::unique_ptr<S3Client>(new S3Client(options, std::move(*address), std::move(*keys)));
}

S3Client::S3Client(const S3Options& options, S3Address address, AccessKeys keys)
    : bucket_(options.bucket),
      region_(options.region),
      address_(std::move(address)),
      keys_(options.keys_file, std::move(keys)),
      stall_(options.stall),
      http_({.ca_file = options.ca_file, .stall = options.stall}) {}

Signable S3Client::signable(const S3Request& request) const {
  Signable to_sign{.method = request.method,
                   .path = percent_encode_path(address_.root + request.object),
                   .query = request.query,
                   .headers = request.headers};
  to_sign.headers.emplace_back("host", address_.host);
  return to_sign;
}

SigningScope S3Client::scope() const {
  return {.time_ms = static_cast<std::uint64_t>(now_ms() + clock_offset_ms_), .region = region_};
}

std::string S3Client::url(const Signable& request) const {
  auto query = canonical_query(request.query);
  return address_.origin + request.path + (query.empty() ? "" : "?") + query;
}

Result<HttpStream> S3Client::send(const S3Request& request, const AccessKeys& keys) {
  auto now = scope();
  auto to_sign = signable(request);
  to_sign.headers.emplace_back("x-amz-date", amz_time(now.time_ms));
  to_sign.headers.emplace_back("x-amz-content-sha256", to_sign.payload);
  if (!keys.session_token.empty())
    to_sign.headers.emplace_back("x-amz-security-token", keys.session_token);
  if (request.md5) to_sign.headers.emplace_back("content-md5", base64(*request.md5));

  HttpRequest sent{.method = request.method, .url = url(to_sign), .headers = to_sign.headers};
  sent.headers.emplace_back("authorization", authorization(to_sign, now, keys));
  if (request.part.length > 0) {
    auto body = request.body(request.part);
    if (!body) return body.error();
    sent.body = std::move(*body);
    sent.body_size = request.part.length;
  }
  return http_.open(std::move(sent));
}

// A refusal may be of keys that have been changed since, or of a clock that is wrong; it is
// asked once more then, and no more.
Result<HttpStream> S3Client::attempt(const S3Request& request) {
  auto keys = keys_.now();
  auto answer = send(request, keys);
  if (answer && answer->status == 403) {
    bool mended = mend_clock(answer->headers);
    if (keys_.renewed_since(keys) || mended) answer = send(request, keys_.now());
  }
  if (!answer || is_success(request, answer->status)) return answer;
  return refusal(request, *answer);
}

// Nobody can fake the server's date who could not answer in its place anyway.
bool S3Client::mend_clock(const HttpHeaders& headers) {
  auto date = parse_http_time(header_of(headers, "date"));
  if (!date) return false;
  auto offset = static_cast<std::int64_t>(*date) - now_ms();
  if (std::abs(offset - clock_offset_ms_) < kClockTolerance) return false;
  clock_offset_ms_ = offset;
  return true;
}

Error S3Client::refusal(const S3Request& request, HttpStream& answer) const {
  std::string code;
  if (auto body = read_all(*answer.body, kMostErrorBytes))
    if (auto xml = parse_xml(*body)) code = code_of(*xml);
  auto error = error_of(request, answer.status, code);
  auto seconds = parse_number(header_of(answer.headers, "retry-after"));
  if (seconds && error.code == Errc::unavailable)
    error.retry_after = static_cast<unsigned>(std::min(*seconds, kLongestRetryAfter));
  return error;
}

Error S3Client::error_of(const S3Request& request, int status, std::string_view code) const {
  auto text = "the bucket '" + bucket_ + "' answers " + std::to_string(status) +
              (code.empty() ? "" : " ") + std::string(code) + " to a " + request.method;
  if (among(kPassing, code) || among(kPassingStatuses, status)) return {Errc::unavailable, text};
  if (code == "BadDigest") return {Errc::data_loss, text};
  // The answer to a HEAD has no code. A user may see this one.
  if (status == 404 && (code == "NoSuchKey" || code == "NoSuchUpload" || request.method == "HEAD"))
    return {Errc::not_found, "no such blob"};
  return {Errc::internal, text};
}

template <class Once>
auto S3Client::repeat(unsigned tries, Duration patience, Once once) {
  auto began = Clock::now();
  for (unsigned round = 0;; round++) {
    auto result = once();
    if (result || round + 1 == tries || !may_pass(result.error())) return result;
    if (Clock::now() - began >= patience) return result;
    std::this_thread::sleep_for(pause_before(round, result.error().retry_after));
  }
}

Result<HttpAnswer> S3Client::call(const S3Request& request) {
  return repeat(kTries, Duration::max(), [&]() -> Result<HttpAnswer> {
    auto answer = attempt(request);
    if (!answer) return answer.error();
    auto body = read_all(*answer->body, kMostAnswerBytes);
    if (!body && body.error().code != Errc::too_large) return body.error();
    if (!body) return Error{Errc::internal, "the bucket '" + bucket_ + "' answers too much"};
    if (has_other_bytes(request, answer->headers))
      return Error{Errc::data_loss, "the bucket '" + bucket_ + "' has got other bytes"};
    if (auto xml = body->find("<Error") == body->npos ? Xml() : parse_xml(*body);
        xml && xml->name == "Error")
      return error_of(request, answer->status, code_of(*xml));
    return HttpAnswer{answer->status, std::move(answer->headers), std::move(*body)};
  });
}

Result<Xml> S3Client::ask(const S3Request& request) {
  auto answer = call(request);
  if (!answer) return answer.error();
  return parse_xml(answer->body);
}

Result<std::optional<HttpStream>> S3Client::open_stream(const S3Request& request) {
  auto answer = repeat(kReaderTries, stall_, [&] { return attempt(request); });
  if (!answer) return answer.error();
  if (answer->status == 416) return std::optional<HttpStream>();
  return std::optional(std::move(*answer));
}

std::string S3Client::presign(const S3Request& request, std::chrono::seconds lifetime) const {
  auto to_sign = signable(request);
  return address_.origin + to_sign.path + "?" +
         presigned_query(to_sign, scope(), keys_.now(), lifetime);
}

}  // namespace coffer
