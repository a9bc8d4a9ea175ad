#include "base/time.h"

#include <gtest/gtest.h>

namespace coffer {
namespace {

TEST(Time, BeginsIn1970) {
  EXPECT_EQ(iso_time(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(written_time(Language::english, 0), "1 Jan 1970, 00:00");
  EXPECT_EQ(written_time(Language::chinese, 0), "1970年1月1日 00:00");
  EXPECT_EQ(http_time(0), "Thu, 01 Jan 1970 00:00:00 GMT");
}

// The example of RFC 9110, 5.6.7.
TEST(Time, HttpDatesAreThoseOfRfc9110) {
  EXPECT_EQ(http_time(784'111'777'000), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(Time, AnHttpDateIsReadAsItIsWritten) {
  for (std::uint64_t ms : {0ull, 784'111'777'000ull, 951'782'400'000ull, 4'107'542'399'000ull})
    EXPECT_EQ(parse_http_time(http_time(ms)), ms);
  for (auto wrong : {"", "Sun, 06 Nov 1994 08:49:37 UTC", "Mon, 06 Nov 1994 08:49:37 GMT",
                     "Sun, 06 Nov 1994 08:49:60 GMT", "Sun, 31 Feb 1994 08:49:37 GMT",
                     "Sun, 06 Nov 1994 08:49:3x GMT", "Sun, 06 Now 1994 08:49:37 GMT",
                     "Sunday, 06-Nov-94 08:49:37 GM", "Sun, 06 Nov 1914 08:49:37 GMT"})
    EXPECT_FALSE(parse_http_time(wrong)) << wrong;
}

TEST(Time, MillisecondsHaveThreeDigitsAndAreCutOffElsewhere) {
  EXPECT_EQ(iso_time(1'763'890'200'005), "2025-11-23T09:30:00.005Z");
  EXPECT_EQ(written_time(Language::english, 1'763'890'259'999), "23 Nov 2025, 09:30");
  EXPECT_EQ(http_time(1'763'890'259'999), "Sun, 23 Nov 2025 09:30:59 GMT");
}

TEST(Time, LeapDaysAndTheEndsOfYearsAreRight) {
  EXPECT_EQ(iso_time(951'782'400'000), "2000-02-29T00:00:00.000Z");
  EXPECT_EQ(iso_time(946'684'799'999), "1999-12-31T23:59:59.999Z");
  EXPECT_EQ(iso_time(4'107'542'400'000), "2100-03-01T00:00:00.000Z");
}

TEST(Time, GoesOnAfter2038) { EXPECT_EQ(iso_time(2'147'483'648'000), "2038-01-19T03:14:08.000Z"); }

}  // namespace
}  // namespace coffer
