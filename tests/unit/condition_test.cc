#include "http/condition.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace coffer {
namespace {

const Sha256 kSha256{0xab, 0xcd};
const Sha256 kOther{0x12};

TEST(Condition, AnEntityTagIsTheSha256InQuotes) {
  EXPECT_EQ(etag_of(kSha256), "\"" + hex(kSha256) + "\"");
  EXPECT_TRUE(parse_tags(etag_of(kSha256))->match(kSha256));
  EXPECT_FALSE(parse_tags(etag_of(kSha256))->match(kOther));
}

TEST(Condition, AStarMatchesEverything) {
  EXPECT_TRUE(parse_tags("*")->match(kSha256));
  EXPECT_TRUE(parse_tags(" * ")->match(kOther));
}

TEST(Condition, AnyTagOfAListMayMatch) {
  auto tags = parse_tags("\"x\",\t" + etag_of(kOther) + " , " + etag_of(kSha256));
  EXPECT_TRUE(tags->match(kSha256));
  EXPECT_TRUE(tags->match(kOther));
  EXPECT_FALSE(tags->match(Sha256{}));
}

TEST(Condition, WeakTagsAndThoseOfOthersMatchNothing) {
  auto digits = hex(kSha256);
  for (const auto& text : {"W/" + etag_of(kSha256), std::string("\"\""), "\"" + digits + "00\"",
                           "\"" + digits.substr(2) + "\"", "\"" + digits + "-gzip\""}) {
    auto tags = parse_tags(text);
    ASSERT_TRUE(tags) << text;
    EXPECT_FALSE(tags->match(kSha256)) << text;
  }
}

TEST(Condition, WhatIsNotInQuotesIsRefused) {
  for (const auto& text :
       {std::string(""), hex(kSha256), std::string("\""), std::string("\"x"), std::string("x\""),
        std::string("w/\"x\""), std::string("W/"), "*, " + etag_of(kSha256)}) {
    auto tags = parse_tags(text);
    ASSERT_FALSE(tags) << text;
    EXPECT_EQ(tags.error().code, Errc::invalid_argument) << text;
  }
}

TEST(IfMatch, AllowsTheFileItNamesAndNoOther) {
  EXPECT_TRUE(check_if_match({}, kSha256));
  EXPECT_TRUE(check_if_match({{"if-match", "*"}}, kSha256));
  EXPECT_TRUE(check_if_match({{"if-match", etag_of(kSha256)}}, kSha256));
  EXPECT_EQ(check_if_match({{"if-match", etag_of(kOther)}}, kSha256).error().code,
            Errc::precondition_failed);
  EXPECT_EQ(check_if_match({{"if-match", "W/" + etag_of(kSha256)}}, kSha256).error().code,
            Errc::precondition_failed);
  EXPECT_EQ(check_if_match({{"if-match", "junk"}}, kSha256).error().code, Errc::invalid_argument);
}

}  // namespace
}  // namespace coffer
