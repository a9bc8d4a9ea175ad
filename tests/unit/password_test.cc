#include "digest/password.h"

#include <gtest/gtest.h>

#include <ctime>
#include <limits>
#include <set>
#include <thread>

namespace coffer {
namespace {

TEST(Password, IsKnownByItsHashAndNoOtherIs) {
  auto hash = hash_password("correct horse");
  ASSERT_TRUE(hash);
  EXPECT_TRUE(verify_password("correct horse", *hash));
  EXPECT_FALSE(verify_password("correct horse ", *hash));
  EXPECT_FALSE(verify_password("Correct horse", *hash));
  EXPECT_FALSE(verify_password("", *hash));
}

TEST(Password, HashNamesItsAlgorithmAndCosts) {
  auto hash = hash_password("a");
  ASSERT_TRUE(hash);
  EXPECT_TRUE(hash->starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << *hash;
  EXPECT_EQ(hash->find('\0'), hash->npos);
}

TEST(Password, HasANewSaltEveryTime) { EXPECT_NE(*hash_password("same"), *hash_password("same")); }

TEST(Password, MayHoldAnyBytes) {
  using namespace std::string_literals;
  auto hash = hash_password("zero\0one"s);
  ASSERT_TRUE(hash);
  EXPECT_TRUE(verify_password("zero\0one"s, *hash));
  EXPECT_FALSE(verify_password("zero\0two"s, *hash));
  EXPECT_TRUE(verify_password("", *hash_password("")));
}

// From the test of the reference implementation (phc-winner-argon2, test.c).
TEST(Password, KnowsTheHashesOfOthersWithTheirCosts) {
  constexpr auto kHash =
      "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
  EXPECT_TRUE(verify_password("password", kHash));
  EXPECT_FALSE(verify_password("Password", kHash));
}

TEST(Password, MatchesNoHashThatIsNone) {
  EXPECT_FALSE(verify_password("a", ""));
  EXPECT_FALSE(verify_password("", ""));
  EXPECT_FALSE(verify_password("a", "a"));
  EXPECT_FALSE(verify_password("a", "$argon2id$v=19$m=19456,t=2,p=1$"));
}

// Work, not time: std::clock() counts what this process computes, however busy the machine is.
TEST(Password, TakesAsMuchWorkForNobodyAsForSomebody) {
  auto hash = *hash_password("a");
  auto best = [](const std::string& of) {
    auto least = std::numeric_limits<std::clock_t>::max();
    for (int i = 0; i < 5; i++) {
      auto start = std::clock();
      EXPECT_FALSE(verify_password("b", of));
      least = std::min(least, std::clock() - start);
    }
    return least;
  };
  auto somebody = best(hash), nobody = best("");
  EXPECT_LT(nobody, somebody * 2);
  EXPECT_LT(somebody, nobody * 2);
}

TEST(Password, OfManyAtOnceIsStillVerified) {
  auto hash = *hash_password("a");
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; i++)
    threads.emplace_back([&, i] { EXPECT_EQ(verify_password(i % 2 ? "a" : "b", hash), i % 2); });
  for (auto& thread : threads) thread.join();
}

TEST(Password, AtRandomHasTwentyCharactersWithoutLookAlikes) {
  std::set<std::string> seen;
  std::set<char> used;
  for (int i = 0; i < 1000; i++) {
    auto password = random_password();
    EXPECT_EQ(password.size(), 20u);
    EXPECT_EQ(password.find_first_of("0Oo1lIi"), password.npos) << password;
    EXPECT_TRUE(seen.insert(password).second);
    used.insert(password.begin(), password.end());
  }
  EXPECT_GT(used.size(), 32u);  // 20 of more than 32 make more than 100 bits
}

}  // namespace
}  // namespace coffer
