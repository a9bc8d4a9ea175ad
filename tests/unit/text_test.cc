#include "base/text.h"

#include <gtest/gtest.h>

namespace coffer {
namespace {

TEST(Text, Base64IsThatOfRfc4648) {
  const char* pairs[][2] = {{"", ""},
                            {"f", "Zg=="},
                            {"fo", "Zm8="},
                            {"foo", "Zm9v"},
                            {"foob", "Zm9vYg=="},
                            {"fooba", "Zm9vYmE="},
                            {"foobar", "Zm9vYmFy"}};
  for (auto [plain, encoded] : pairs) {
    EXPECT_EQ(base64(bytes_of(plain)), encoded);
    EXPECT_EQ(text_of(*unbase64(encoded)), plain);
  }
  for (auto wrong : {"Zg", "Zg=", "Zh==", "Z===", "Zm9v!", "====", "Zm9v\n"})
    EXPECT_FALSE(unbase64(wrong)) << wrong;
}

TEST(Text, HexIsReadInEitherCaseAndWrittenInLower) {
  EXPECT_EQ(hex(*unhex("00fFaB")), "00ffab");
  for (auto wrong : {"0", "0g", "0x", " 0"}) EXPECT_FALSE(unhex(wrong)) << wrong;
}

TEST(Text, ANumberIsDigitsAndNothingElse) {
  EXPECT_EQ(*parse_number("0"), 0u);
  EXPECT_EQ(*parse_number("18446744073709551615"), UINT64_MAX);
  for (auto wrong : {"", "+5", "-1", " 5", "5 ", "0x5", "1e3", "5, 9", "18446744073709551616"})
    EXPECT_FALSE(parse_number(wrong)) << wrong;
}

TEST(Text, PercentSignsAreFollowedByTwoHexDigits) {
  EXPECT_TRUE(is_percent_encoded("a%20b%fF"));
  for (auto wrong : {"%", "%1", "a%zz", "%%20"}) EXPECT_FALSE(is_percent_encoded(wrong)) << wrong;
  EXPECT_EQ(percent_encode("a b/ä~"), "a%20b%2F%C3%A4~");
  EXPECT_EQ(percent_encode_path("/a b/c%"), "/a%20b/c%25");
}

TEST(Text, SizesAreRoundedForPeople) {
  EXPECT_EQ(human_size(0), "0 B");
  EXPECT_EQ(human_size(999), "999 B");
  EXPECT_EQ(human_size(1000), "1.0 kB");
  EXPECT_EQ(human_size(1'440'000), "1.4 MB");
  EXPECT_EQ(human_size(UINT64_MAX), "18 EB");
}

TEST(Text, SplitKeepsEmptyParts) {
  EXPECT_EQ(split("a, ,b", ','), (std::vector<std::string_view>{"a", "", "b"}));
  EXPECT_EQ(split("", ','), std::vector<std::string_view>{""});
}

TEST(Text, Base64urlHasNoPaddingAndItsOwnAlphabet) {
  std::vector<std::uint8_t> bytes{0xfb, 0xff, 0xfe, 0xff};
  EXPECT_EQ(base64(bytes), "+//+/w==");
  EXPECT_EQ(base64url(bytes), "-__-_w");
  EXPECT_EQ(*unbase64url("-__-_w"), bytes);
  for (auto wrong : {"-__-_w==", "+//+/w", "a", "-__-_x"})
    EXPECT_FALSE(unbase64url(wrong)) << wrong;
}

TEST(Text, SizesGoToTheNextUnitRatherThanToAThousand) {
  EXPECT_EQ(human_size(9'949), "9.9 kB");
  EXPECT_EQ(human_size(12'345), "12 kB");
  EXPECT_EQ(human_size(999'499), "999 kB");
  EXPECT_EQ(human_size(999'500), "1.0 MB");
}

TEST(Text, SecretsAreEqualOnlyWhole) {
  EXPECT_TRUE(equal_secrets("abc", "abc"));
  EXPECT_TRUE(equal_secrets("", ""));
  for (auto other : {"", "ab", "abcd", "abd", "Abc"}) EXPECT_FALSE(equal_secrets("abc", other));
}

TEST(Text, OnlyBlanksAreTrimmedAndOnlyAsciiIsLowered) {
  EXPECT_EQ(trim(" \ta b\n "), "a b\n");
  EXPECT_EQ(trim(" \t"), "");
  EXPECT_EQ(lower("AZ@[\u00c9"), "az@[\u00c9");
}

}  // namespace
}  // namespace coffer
