#include "coffer/possession.h"

#include <gtest/gtest.h>

#include <set>

#include "base/text.h"
#include "digest/hash.h"
#include "digest/token.h"

namespace coffer {
namespace {

Opener opener_of(const std::string& bytes) {
  return [&bytes](ByteRange range) -> Result<std::unique_ptr<Source>> {
    auto offset = std::min<std::uint64_t>(range.offset, bytes.size());
    return std::make_unique<StringSource>(bytes.substr(offset, range.length));
  };
}

// RFC 4231, test cases 1, 2 and 4; the bytes of the last in two ranges.
TEST(Possession, IsProvedByHmacSha256) {
  auto proof = [](std::string key, const std::string& bytes, std::vector<ByteRange> ranges) {
    return hex(*prove({.key = std::move(key), .ranges = std::move(ranges)}, opener_of(bytes)));
  };
  EXPECT_EQ(proof(std::string(20, '\x0b'), "Hi There", {{0, 8}}),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(proof("Jefe", "what do ya want for nothing?", {{0, 28}}),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  std::string key;
  for (char c = 1; c <= 25; c++) key += c;
  EXPECT_EQ(proof(key, "--" + std::string(50, '\xcd') + "--", {{2, 20}, {22, 30}}),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
}

TEST(Possession, OfFewerBytesThanAreAskedForIsNoProof) {
  std::string bytes(100, 'x');
  auto proof = prove({.key = "key", .ranges = {{50, 51}}}, opener_of(bytes));
  ASSERT_FALSE(proof);
  EXPECT_EQ(proof.error().code, Errc::data_loss);
}

TEST(Possession, OfASmallFileIsOfAllOfIt) {
  EXPECT_TRUE(possession_of("token", 0).ranges.empty());
  for (std::uint64_t size : {std::uint64_t{1}, std::uint64_t{2048}, kWholePossession}) {
    auto asked = possession_of("token", size);
    ASSERT_EQ(asked.ranges.size(), 1u);
    EXPECT_EQ(asked.ranges[0].offset, 0u);
    EXPECT_EQ(asked.ranges[0].length, size);
  }
}

TEST(Possession, OfALargeFileIsOfRangesInsideIt) {
  for (std::uint64_t size : {kWholePossession + 1, std::uint64_t{1} << 30, std::uint64_t{1} << 50,
                             std::uint64_t{INT64_MAX}}) {
    auto asked = possession_of(random_token(), size);
    ASSERT_EQ(asked.ranges.size(), kPossessionRanges);
    std::uint64_t last = 0;
    for (const auto& range : asked.ranges) {
      EXPECT_EQ(range.length, kPossessionRange);
      EXPECT_LE(range.offset, size - kPossessionRange);
      EXPECT_GE(range.offset, last);
      last = range.offset;
    }
  }
}

TEST(Possession, IsProvedByALittleAtATime) {
  std::string bytes(kWholePossession, 'x');
  std::uint64_t most = 0;
  auto proof = prove(possession_of("token", bytes.size()), [&](ByteRange range) {
    most = std::max(most, range.length);
    return opener_of(bytes)(range);
  });
  EXPECT_EQ(*proof, hmac_sha256(text_of(hmac_sha256("token", "key")), bytes));
  EXPECT_LE(most, 128u * 1024);
}

// Each range has a fair share of the file: its first and its last byte, too.
TEST(Possession, AsksForEveryByteOfAFileAlike) {
  constexpr std::uint64_t kSize = kWholePossession + 1000;
  constexpr int kTokens = 4000;
  constexpr double kExpected =
      double(kTokens) * kPossessionRanges * kPossessionRange / (kSize + kPossessionRange - 1);
  std::vector<int> begins(kSize + 1);  // less what ends there
  for (int i = 0; i < kTokens; i++)
    for (const auto& range : possession_of("token " + std::to_string(i), kSize).ranges)
      begins[range.offset]++, begins[range.offset + range.length]--;
  int asked = 0;
  std::uint64_t seldom = 0, often = 0;
  for (std::uint64_t at = 0; at < kSize; at++) {
    asked += begins[at];
    bool edge = at < kPossessionRange || at >= kSize - kPossessionRange;
    seldom += asked < kExpected * 0.7;
    often += asked > kExpected * (edge ? 2.4 : 1.3);
  }
  EXPECT_EQ(seldom, 0u);
  EXPECT_EQ(often, 0u);
}

TEST(Possession, IsAskedForInAnotherWayEachTime) {
  std::set<std::string> keys;
  std::set<std::uint64_t> firsts;
  for (int i = 0; i < 100; i++) {
    auto asked = possession_of(random_token(), std::uint64_t{1} << 40);
    EXPECT_EQ(asked.key.size(), 32u);
    EXPECT_TRUE(keys.insert(asked.key).second);
    EXPECT_TRUE(firsts.insert(asked.ranges[0].offset).second);
  }
  auto one = possession_of("token", 1 << 30), same = possession_of("token", 1 << 30);
  EXPECT_EQ(one.key, same.key);
  EXPECT_EQ(one.ranges[7].offset, same.ranges[7].offset);
}

}  // namespace
}  // namespace coffer
