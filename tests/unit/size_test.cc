#include "base/size.h"

#include <gtest/gtest.h>

namespace coffer {
namespace {

TEST(ParseSize, ReadsWhatPeopleWrite) {
  EXPECT_EQ(parse_size("0"), 0);
  EXPECT_EQ(parse_size(" 1500 "), 1500);
  EXPECT_EQ(parse_size("1500 B"), 1500);
  EXPECT_EQ(parse_size("3k"), 3000);
  EXPECT_EQ(parse_size("10 GB"), 10'000'000'000);
  EXPECT_EQ(parse_size("2T"), 2'000'000'000'000);
}

TEST(ParseSize, RefusesWhatIsNoSizeOrTooMuch) {
  for (auto text : {"", "b", "GB", "1.5 GB", "-1", "1 GiB", "ten", "9223372036854775808", "9224 P",
                    "99999999999999999999"})
    EXPECT_FALSE(parse_size(text)) << text;
}

}  // namespace
}  // namespace coffer
