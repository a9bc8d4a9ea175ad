#include "http/range.h"

#include <gtest/gtest.h>

namespace coffer {
namespace {

// "OFFSET+LENGTH", or "all".
std::string wanted(const std::string& range, std::uint64_t size, const char* if_range = nullptr) {
  Fields headers{{"range", range}};
  if (if_range) headers.add("if-range", if_range);
  auto extent = wanted_extent(headers, size, "\"tag\"");
  return extent ? std::to_string(extent->offset) + "+" + std::to_string(extent->length) : "all";
}

TEST(Range, IsFromAByteToAByte) {
  EXPECT_EQ(wanted("bytes=0-0", 10), "0+1");
  EXPECT_EQ(wanted("bytes=2-6", 10), "2+5");
  EXPECT_EQ(wanted("bytes=9-9", 10), "9+1");
  EXPECT_EQ(wanted("Bytes= 2-6 ", 10), "2+5");
}

TEST(Range, MayBeOpenAtTheEndOrCountFromThere) {
  EXPECT_EQ(wanted("bytes=3-", 10), "3+7");
  EXPECT_EQ(wanted("bytes=-4", 10), "6+4");
  EXPECT_EQ(wanted("bytes=-10", 10), "0+10");
  EXPECT_EQ(wanted("bytes=-11", 10), "0+10");
}

TEST(Range, EndsWithTheFile) {
  EXPECT_EQ(wanted("bytes=3-99", 10), "3+7");
  EXPECT_EQ(wanted("bytes=3-18446744073709551615", 10), "3+7");
}

TEST(Range, OfWhatIsNotThereIsEmpty) {
  for (auto range : {"bytes=10-", "bytes=10-12", "bytes=18446744073709551615-", "bytes=-0"})
    EXPECT_EQ(wanted(range, 10).substr(wanted(range, 10).find('+')), "+0") << range;
  EXPECT_EQ(wanted("bytes=0-", 0), "0+0");
}

TEST(Range, ThatIsMalformedOrManyAsksForAll) {
  for (auto range :
       {"", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=6-2", "bytes=0-1,3-4", "lines=1-2",
        "bytes=1-2-3", "bytes=+1-2", "bytes=1 - 2", "bytes=18446744073709551616-"})
    EXPECT_EQ(wanted(range, 10), "all") << range;
}

TEST(Range, OfOtherBytesAsksForAll) {
  EXPECT_EQ(wanted("bytes=2-6", 10, "\"tag\""), "2+5");
  EXPECT_EQ(wanted("bytes=2-6", 10, "\"other\""), "all");
  EXPECT_EQ(wanted("bytes=2-6", 10, "W/\"tag\""), "all");
  EXPECT_EQ(wanted("bytes=2-6", 10, "Wed, 25 Nov 2026 03:45:58 GMT"), "all");
}

}  // namespace
}  // namespace coffer
