#include "http/tus.h"

#include <gtest/gtest.h>

namespace coffer {
namespace {

TEST(Tus, MethodIsThatOfTheOverride) {
  Request request{.method = "POST", .headers = {{"x-http-method-override", "PATCH"}}};
  EXPECT_EQ(tus_method(request), "PATCH");
  request.method = "GET";
  EXPECT_EQ(tus_method(request), "PATCH");
  request.headers = {};
  EXPECT_EQ(tus_method(request), "GET");
}

TEST(Tus, MetadataIsPairsWithValuesInBase64) {
  auto metadata = parse_metadata("filename d29ybGRfZG9taW5hdGlvbl9wbGFuLnBkZg==,is_confidential");
  ASSERT_TRUE(metadata);
  EXPECT_EQ(metadata->value("filename"), "world_domination_plan.pdf");
  EXPECT_TRUE(metadata->has("is_confidential"));
  EXPECT_EQ(parse_metadata("")->size(), 0u);
  EXPECT_EQ(parse_metadata("a YQ==, b Yg==")->value("b"), "b");
}

TEST(Tus, MetadataThatIsMalformedIsRefused) {
  for (auto text : {"a !", "a YQ", "a YQ==,a YQ==", "a YQ==,", "a /w==", ",", "a YQ== YQ=="})
    EXPECT_FALSE(parse_metadata(text)) << text;
}

TEST(Tus, ChecksumIsOfAnAlgorithmThatWeAnnounce) {
  auto checksum = parse_checksum("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=");
  ASSERT_TRUE(checksum);
  EXPECT_EQ(checksum->algorithm, Algorithm::sha1);
  EXPECT_EQ(checksum->digest.size(), 20u);
  EXPECT_TRUE(parse_checksum("crc32 AAAAAA=="));
  for (auto text : {"", "sha1", "sha1 ", "sha1 AAAAAA==", "crc64 AAAAAAAAAAA=", "sha1,sha256 AA=="})
    EXPECT_FALSE(parse_checksum(text)) << text;
}

TEST(Tus, ConcatNamesItsPartsByAnyAddressOfTheirs) {
  for (auto text : {"", "partial"}) EXPECT_TRUE(parse_concat(text, "/u/")->empty()) << text;
  auto parts = parse_concat("final;/u/a https://host/u/b", "/u/");
  ASSERT_TRUE(parts);
  EXPECT_EQ(*parts, (std::vector<std::string_view>{"a", "b"}));
  for (auto text :
       {"final", "final;", "final; ", "final;/other/a", "final;https://host", "partial;"})
    EXPECT_FALSE(parse_concat(text, "/u/")) << text;
  std::string many = "final;";
  for (std::size_t i = 0; i <= kMostParts; i++) many += "/u/a ";
  EXPECT_FALSE(parse_concat(many, "/u/"));
}

TEST(Tus, NumberIsDigitsAndNothingElse) {
  EXPECT_EQ(*number_header({{"upload-length", "18446744073709551615"}}, "upload-length"),
            UINT64_MAX);
  for (auto text : {"", "-1", "+5", "0x5", "1e3", "5, 9", " 5", "18446744073709551616"})
    EXPECT_FALSE(number_header({{"upload-length", text}}, "upload-length")) << text;
  EXPECT_FALSE(number_header({}, "upload-length"));
}

}  // namespace
}  // namespace coffer
