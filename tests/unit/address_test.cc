#include "http/address.h"

#include <gtest/gtest.h>

namespace coffer {
namespace {

TEST(NetworkOf, IsOneForAllThatOneClientCanCallItself) {
  EXPECT_EQ(network_of("192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(network_of("::ffff:192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(network_of("2001:db8:0:1:aaaa:bbbb:cccc:dddd"), "2001:db8:0:1::/64");
  EXPECT_EQ(network_of("2001:db8:0:1::1"), network_of("2001:db8:0:1:ffff::2"));
  EXPECT_NE(network_of("2001:db8:0:1::1"), network_of("2001:db8:0:2::1"));
  EXPECT_EQ(network_of("::1"), "::/64");
  for (auto text : {"", "localhost", "192.0.2", "2001:db8::1%eth0", "1.2.3.4 "})
    EXPECT_EQ(network_of(text), "") << text;
}

}  // namespace
}  // namespace coffer
