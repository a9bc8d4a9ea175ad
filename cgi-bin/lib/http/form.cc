#include "http/form.h"

#include <cgicc/CgiInput.h>
#include <cgicc/Cgicc.h>

#include <algorithm>

#include "base/name.h"
#include "base/text.h"
#include "http/multipart.h"

namespace coffer {
namespace {

// cgicc as a decoder and nothing else: it sees a GET without a body, because of a body it
// would allocate as many bytes as the client claims to send.
class Text : public cgicc::CgiInput {
 public:
  Text(std::string query, std::string cookies)
      : query_(std::move(query)), cookies_(std::move(cookies)) {}

  std::size_t read(char*, std::size_t) override { return 0; }
  std::string getenv(const char* name) override {
    std::string_view wanted = name;
    if (wanted == "REQUEST_METHOD") return "GET";
    if (wanted == "QUERY_STRING") return query_;
    if (wanted == "HTTP_COOKIE") return cookies_;
    return {};
  }

 private:
  std::string query_;
  std::string cookies_;
};

Result<Fields> read_multipart(Request& request, std::string_view type) {
  auto boundary = multipart_boundary(type);
  if (!boundary) return boundary.error();
  Multipart multipart(*request.body, *boundary);
  Fields fields;
  for (;;) {
    auto part = multipart.next();
    if (!part) return part.error();
    if (!*part) return fields;
    if ((*part)->file_name) return Error{Errc::unsupported, "files go to /file/upload"};
    if (fields.size() >= kMostFields) return Error{Errc::too_large, "too many fields"};
    auto value = read_all(multipart, kMostFormBytes);
    if (!value) return value.error();
    if (!is_utf8(*value)) return Error{Errc::invalid_argument, "the form is not UTF-8"};
    fields.add(std::move((*part)->name), std::move(*value));
  }
}

}  // namespace

Result<Fields> parse_query(std::string_view text) {
  if (static_cast<std::size_t>(std::count(text.begin(), text.end(), '&')) >= kMostFields)
    return Error{Errc::too_large, "too many fields"};
  if (!is_percent_encoded(text))
    return Error{Errc::invalid_argument, "a percent sign is not followed by two hex digits"};
  // Only '&' parts fields (URL standard, §5.1); cgicc would end one at a semicolon too.
  std::string query;
  for (char c : text) c == ';' ? query += "%3B" : query += c;
  Text input{std::move(query), {}};
  cgicc::Cgicc decoded(&input);
  Fields fields;
  for (const auto& element : decoded.getElements()) {
    auto value = element.getValue();
    if (!is_utf8(element.getName()) || !is_utf8(value))
      return Error{Errc::invalid_argument, "the query or form is not UTF-8"};
    fields.add(element.getName(), std::move(value));
  }
  return fields;
}

Fields parse_cookies(std::string_view text) {
  Text input{{}, std::string(text)};
  cgicc::Cgicc decoded(&input);
  Fields fields;
  for (const auto& cookie : decoded.getEnvironment().getCookieList())
    fields.add(cookie.getName(), cookie.getValue());
  return fields;
}

bool is_urlencoded(const Request& request) {
  auto type = request.headers.value("content-type");
  return trim(lower(type.substr(0, type.find(';')))) == "application/x-www-form-urlencoded";
}

Result<Fields> read_form(Request& request) {
  auto type = request.headers.value("content-type");
  if (request.length.value_or(0) > kMostFormBytes)
    return Error{Errc::too_large, "a form may have a megabyte at most"};
  if (lower(type).starts_with("multipart/form-data")) return read_multipart(request, type);
  auto text = read_all(*request.body, kMostFormBytes);
  if (!text) return text.error();
  if (text->empty()) return Fields{};
  if (!is_urlencoded(request))
    return Error{Errc::unsupported, "a form is application/x-www-form-urlencoded or multipart"};
  return parse_query(*text);
}

}  // namespace coffer
