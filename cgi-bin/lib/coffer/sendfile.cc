#include "coffer/sendfile.h"

#include "base/text.h"

namespace coffer {
namespace {

// lighttpd takes a number that does not fit 63 bits for one that cannot be satisfied, though the
// end of a range may lie past that of the file. A server may ignore Range; here it does.
bool has_huge_number(std::string_view range) {
  std::size_t digits = 0;
  for (char c : range) {
    digits = c >= '0' && c <= '9' ? digits + 1 : 0;
    if (digits > 18) return true;
  }
  return false;
}

}  // namespace

Fields inert_headers(std::string type, std::string caching) {
  return {{"Content-Type", std::move(type)},
          {"Cache-Control", std::move(caching)},
          {"Content-Security-Policy", "sandbox; default-src 'none'"},
          {"X-Content-Type-Options", "nosniff"},
          {"Cross-Origin-Resource-Policy", "same-origin"}};
}

Response sendfile(const Request& request, const std::filesystem::path& file, std::string type,
                  std::string etag) {
  Response response{.headers = inert_headers(std::move(type), "private, no-cache")};
  response.headers.add("ETag", std::move(etag));
  response.headers.add("X-Sendfile", percent_encode_path(file.string()));
  if (has_huge_number(request.headers.value("range")))
    response.headers.add("Accept-Ranges", "none");
  return response;
}

}  // namespace coffer
