#include "net/http.h"

#include "net/transfer.h"

namespace coffer {

std::string_view header_of(const HttpHeaders& headers, std::string_view name) {
  auto header = headers.find(name);
  return header == headers.end() ? std::string_view() : header->second;
}

HttpClient::HttpClient(HttpOptions options)
    : options_(std::move(options)), idle_(std::make_shared<IdleWires>()) {}

Result<HttpStream> HttpClient::open(HttpRequest request) {
  auto transfer = std::make_unique<Transfer>(idle_, options_, std::move(request));
  if (auto begun = transfer->begin(); !begun) return begun.error();
  HttpStream stream{.status = transfer->status(), .headers = std::move(transfer->headers())};
  stream.body = std::move(transfer);
  return stream;
}

Result<HttpAnswer> HttpClient::exchange(HttpRequest request, std::size_t limit) {
  auto stream = open(std::move(request));
  if (!stream) return stream.error();
  auto body = read_all(*stream->body, limit);
  if (!body) return body.error();
  return HttpAnswer{stream->status, std::move(stream->headers), std::move(*body)};
}

}  // namespace coffer
