#include "digest/token.h"

#include <gtest/gtest.h>

#include <set>

#include "base/text.h"

namespace coffer {
namespace {

TEST(Token, Is256BitsOfBase64Url) {
  auto token = random_token();
  EXPECT_EQ(token.size(), 43u);
  auto bytes = unbase64url(token);
  ASSERT_TRUE(bytes);
  EXPECT_EQ(bytes->size(), 32u);
}

TEST(Token, IsNeverTheSame) {
  std::set<std::string> seen;
  for (int i = 0; i < 10'000; i++) EXPECT_TRUE(seen.insert(random_token()).second);
}

TEST(Token, IsKeptAsItsSha256) {
  EXPECT_EQ(hex(token_hash("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Token, IsProvedInAnotherWayEachTime) {
  auto token = random_token();
  auto one = prove_token(token), other = prove_token(token);
  EXPECT_EQ(one.size(), 86u);
  EXPECT_NE(one.substr(0, 43), other.substr(0, 43));
  EXPECT_NE(one.substr(43), other.substr(43));
  EXPECT_TRUE(proves_token(one, token));
  EXPECT_TRUE(proves_token(other, token));
  EXPECT_FALSE(proves_token(one, random_token()));
  EXPECT_FALSE(proves_token(one.substr(0, 43) + other.substr(43), token));
  for (auto bad : {std::string(), token, one.substr(1), one + "x", one.substr(43)})
    EXPECT_FALSE(proves_token(bad, token)) << bad;
  EXPECT_FALSE(proves_token(prove_token(""), ""));
}

// RFC 4231, test cases 2 and 3.
TEST(Token, DerivesByHmacSha256) {
  auto hmac = [](std::string_view key, std::string_view data) {
    return hex(*unbase64url(derive_token(key, data)));
  };
  EXPECT_EQ(hmac("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hmac(std::string(20, '\xaa'), std::string(50, '\xdd')),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
}

TEST(Token, DerivesAnotherForEveryPurposeAndToken) {
  EXPECT_NE(derive_token("token", "csrf"), derive_token("token", "proof"));
  EXPECT_NE(derive_token("token", "csrf"), derive_token("other", "csrf"));
  EXPECT_EQ(derive_token("", "").size(), 43u);
}

TEST(Random, FillsAnySizeWhole) {
  for (std::size_t size : {0, 1, 255, 256, 257, 1000}) {
    std::vector<std::uint8_t> bytes(size + 1, 0);
    std::set<std::uint8_t> last;
    for (int i = 0; i < 200 && size > 0; i++) {
      fill_random(std::span(bytes).first(size));
      last.insert(bytes[size - 1]);
    }
    EXPECT_EQ(last.size() > 1, size > 0) << size;
    EXPECT_EQ(bytes[size], 0) << size;
  }
}

}  // namespace
}  // namespace coffer
