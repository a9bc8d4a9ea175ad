#include "http/receive.h"

#include <algorithm>

#include "base/text.h"
#include "http/form.h"

namespace coffer {
namespace {

// "HTTP_IF_MATCH" is "if-match".
std::string header_name(std::string_view name) {
  auto header = lower(name);
  std::replace(header.begin(), header.end(), '_', '-');
  return header;
}

}  // namespace

Result<Request> receive(const char* const* parameters) {
  Request request;
  std::string_view query;
  for (; *parameters; parameters++) {
    std::string_view parameter = *parameters;
    auto equals = std::min(parameter.find('='), parameter.size());
    auto name = parameter.substr(0, equals);
    auto value = parameter.substr(std::min(equals + 1, parameter.size()));
    if (name == "REQUEST_METHOD") {
      request.method = value;
    } else if (name == "SCRIPT_NAME") {
      request.path.insert(0, value);
    } else if (name == "PATH_INFO") {
      request.path += value;
    } else if (name == "REQUEST_URI") {
      request.uri = value;
    } else if (name == "QUERY_STRING") {
      query = value;
    } else if (name == "REMOTE_ADDR") {
      request.remote = value;
    } else if (name == "HTTPS") {
      request.tls = value == "on";
    } else if (name == "CONTENT_TYPE") {
      request.headers.add("content-type", std::string(value));
    } else if (name == "CONTENT_LENGTH") {
      request.length = parse_number(value);
      if (!request.length && !value.empty()) return bad("the Content-Length is not a number");
    } else if (name.starts_with("HTTP_")) {
      auto header = header_name(name.substr(5));
      if (header == "content-length") continue;
      if (request.headers.has(header) && header != "content-type")
        return bad("the header '{}' was sent twice", {header});
      request.headers.add(std::move(header), std::string(value));
    }
  }
  // lighttpd makes "%25zz" of "%zz" in the query that it passes on, but not in the address.
  if (!is_percent_encoded(request.uri))
    return bad("a percent sign is not followed by two hex digits");
  auto fields = parse_query(query);
  if (!fields) return fields.error();
  request.query = std::move(*fields);
  request.cookies = parse_cookies(request.headers.value("cookie"));
  return request;
}

}  // namespace coffer
