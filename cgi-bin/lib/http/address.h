// Addresses of clients, as far as they tell one from another.

#pragma once

#include <string>
#include <string_view>

namespace coffer {

/// An IPv4 address as it is, "192.0.2.7", also one written as IPv6; of an IPv6 address the 64 bits
/// that a household or a server gets as one, "2001:db8:0:1::/64". Text that is neither is "".
std::string network_of(std::string_view address);

}  // namespace coffer
