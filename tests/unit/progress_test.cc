#include "base/progress.h"

#include <gtest/gtest.h>

namespace coffer {
namespace {

TEST(Progress, IsALineWithABar) {
  EXPECT_EQ(progress_line(0, 1000), "[--------------------]   0 %  0 B of 1.0 kB");
  EXPECT_EQ(progress_line(2'600'000'000, 5'000'000'000),
            "[##########----------]  52 %  2.6 GB of 5.0 GB");
  EXPECT_EQ(progress_line(1000, 1000), "[####################] 100 %  1.0 kB of 1.0 kB");
}

TEST(Progress, OfNothingIsAllOfIt) {
  EXPECT_EQ(progress_line(0, 0), "[####################] 100 %  0 B of 0 B");
}

TEST(Progress, NeverPassesTheEnd) {
  EXPECT_EQ(progress_line(3000, 1000), "[####################] 100 %  3.0 kB of 1.0 kB");
}

}  // namespace
}  // namespace coffer
