#include "http/message.h"

#include <algorithm>

#include "base/text.h"

namespace coffer {

int status_of(Errc code) {
  switch (code) {
    case Errc::invalid_argument:
      return 400;
    case Errc::unauthenticated:
      return 401;
    case Errc::permission_denied:
      return 403;
    case Errc::not_found:
      return 404;
    case Errc::method_not_allowed:
      return 405;
    case Errc::timed_out:
      return 408;
    case Errc::conflict:
      return 409;
    case Errc::length_required:
      return 411;
    case Errc::precondition_failed:
      return 412;
    case Errc::too_large:
      return 413;
    case Errc::unsupported:
      return 415;
    case Errc::mismatch:
      return 422;
    case Errc::locked:
      return 423;
    case Errc::too_many:
      return 429;
    case Errc::checksum_mismatch:
      return 460;
    case Errc::internal:
    case Errc::data_loss:
      return 500;
    case Errc::unavailable:
      return 503;
    case Errc::no_space:
      return 507;
  }
  return 500;
}

std::string_view reason_of(int status) {
  switch (status) {
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 411:
      return "Length Required";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 422:
      return "Unprocessable Content";
    case 423:
      return "Locked";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 460:
      return "Checksum Mismatch";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    case 507:
      return "Insufficient Storage";
    default:
      return "Internal Server Error";
  }
}

Result<> allow(const Request& request, std::string_view allowed) {
  auto methods = split(allowed, ',');
  if (std::find(methods.begin(), methods.end(), request.method) != methods.end()) return {};
  return Error{Errc::method_not_allowed, std::string(allowed)};
}

Response see_other(std::string location) {
  return Response{.status = 303, .headers = {{"Location", std::move(location)}}};
}

Result<std::optional<std::uint64_t>> number_field(const Fields& fields, std::string_view name) {
  auto text = fields.get(name);
  if (!text || text->empty()) return std::optional<std::uint64_t>{};
  auto number = parse_number(*text);
  if (!number) return Error{Errc::invalid_argument, "'{}' is not a number", {std::string(name)}};
  return number;
}

Result<std::uint64_t> number_header(const Fields& headers, std::string_view name) {
  auto text = headers.get(name);
  if (!text) return bad("the header '{}' is missing", {std::string(name)});
  auto number = parse_number(*text);
  if (!number) return bad("the header '{}' is not a number", {std::string(name)});
  return *number;
}

}  // namespace coffer
