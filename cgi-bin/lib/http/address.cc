#include "http/address.h"

#include <arpa/inet.h>

#include <algorithm>

namespace coffer {

std::string network_of(std::string_view address) {
  std::string text(address);
  char out[INET6_ADDRSTRLEN] = {};
  in_addr four{};
  in6_addr six{};
  if (::inet_pton(AF_INET, text.c_str(), &four) == 1) return text;
  if (::inet_pton(AF_INET6, text.c_str(), &six) != 1) return {};
  if (IN6_IS_ADDR_V4MAPPED(&six)) {
    ::inet_ntop(AF_INET, six.s6_addr + 12, out, sizeof out);
    return out;
  }
  std::fill(six.s6_addr + 8, six.s6_addr + 16, std::uint8_t{0});
  ::inet_ntop(AF_INET6, &six, out, sizeof out);
  return std::string(out) + "/64";
}

}  // namespace coffer
