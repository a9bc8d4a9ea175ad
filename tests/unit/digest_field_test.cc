#include "http/digest_field.h"

#include "base/text.h"
#include "unit/digests.h"

namespace coffer {
namespace {

const Digests kHello = digests_of("hello");

std::string member(Algorithm algorithm, const std::string& name) {
  return name + "=:" + base64(digest_of(kHello, algorithm)) + ":";
}

const std::string kSha256 = member(Algorithm::sha256, "sha-256");
const std::string kMd5 = member(Algorithm::md5, "md5");

std::size_t count_in(const std::string& header, const std::string& value) {
  auto declared = declared_in_headers({{header, value}});
  EXPECT_TRUE(declared) << value;
  return declared ? declared->size() : 0;
}

TEST(DigestHeader, TheFormsOfRfc9530AreRead) {
  for (auto header : {"repr-digest", "content-digest"}) {
    EXPECT_EQ(count_in(header, kSha256), 1u);
    EXPECT_EQ(count_in(header, kSha256 + ",\t" + kMd5), 2u);
    EXPECT_EQ(count_in(header, member(Algorithm::sha1, "sha") + ";q=1"), 1u);
  }
  EXPECT_EQ(declared_in_headers({{"content-md5", base64(kHello.md5)}})->size(), 1u);
  EXPECT_EQ(declared_in_headers({})->size(), 0u);
}

TEST(DigestHeader, AlgorithmsWeDoNotHaveAreSkippedBesideOneWeHave) {
  EXPECT_EQ(count_in("repr-digest", "sha-512=:AAAA:, " + kSha256), 1u);
}

TEST(DigestHeader, WhatCannotBeEnforcedIsRefused) {
  for (auto value : {"sha-512=:AAAA:", "unixsum=:AAAA:, adler=:AAAA:", ""})
    EXPECT_FALSE(declared_in_headers({{"repr-digest", value}})) << value;
}

TEST(DigestHeader, WhatIsMalformedIsRefused) {
  for (auto value : {"sha-256", "sha-256=", "sha-256=:", "sha-256=::", "sha-256=abc", "=",
                     "sha-256=:AAAA:", "sha-256=:!:", "md5=::", ","})
    EXPECT_FALSE(declared_in_headers({{"content-digest", value}})) << value;
  EXPECT_FALSE(declared_in_headers({{"repr-digest", kSha256 + ", junk"}}));
  EXPECT_FALSE(declared_in_headers({{"repr-digest", "sha-256=" + hex(kHello.sha256)}}));
  for (auto value : {"", "AAAA", "5d41402abc4b2a76b9719d911017c592"})
    EXPECT_FALSE(declared_in_headers({{"content-md5", value}})) << value;
}

TEST(DigestHeader, EveryOneDeclaredIsEnforced) {
  auto declared = declared_in_headers({{"repr-digest", kSha256 + ", " + kMd5}});
  ASSERT_TRUE(declared);
  EXPECT_TRUE(check_declared(*declared, kHello));
  for (auto damage : {+[](Digests& digests) { digests.md5[15] ^= 1; },
                      +[](Digests& digests) { digests.sha256[0] ^= 0x80; }}) {
    auto digests = kHello;
    damage(digests);
    EXPECT_EQ(check_declared(*declared, digests).error().code, Errc::mismatch);
  }
  EXPECT_TRUE(check_declared({}, kHello));
}

TEST(DigestInAForm, BelongsToTheFilesInOrder) {
  Fields fields{{"sha1", hex(kHello.sha1)}, {"sha1", std::string(40, 'F')}, {"md5", ""}};
  EXPECT_TRUE(check_declared(*declared_in_fields(fields, 0, 2), kHello));
  EXPECT_FALSE(check_declared(*declared_in_fields(fields, 1, 2), kHello));
  EXPECT_FALSE(declared_in_fields(fields, 0, 1));
  EXPECT_FALSE(declared_in_fields(fields, 0, 3));
}

TEST(DigestInAForm, IsAnyOfTheFiveInHex) {
  Fields fields;
  for (auto algorithm : kAlgorithms)
    fields.add(std::string(name_of(algorithm)), hex(digest_of(kHello, algorithm)));
  EXPECT_EQ(declared_in_fields(fields, 0, 1)->size(), kAlgorithms.size());
  for (auto wrong : {"cbf4392", "cbf4392600", "cbf4392x", " cbf43926"})
    EXPECT_FALSE(declared_in_fields({{"crc32", wrong}}, 0, 1)) << wrong;
}

TEST(WantedDigest, IsSha256ForWhoDoesNotSay) { EXPECT_EQ(repr_digest(kHello, ""), kSha256); }

TEST(WantedDigest, IsTheOneWithTheHighestPreference) {
  EXPECT_EQ(repr_digest(kHello, "md5=3, sha-256=1"), kMd5);
  EXPECT_EQ(repr_digest(kHello, "sha-512=10, md5=1"), kMd5);
  EXPECT_EQ(repr_digest(kHello, "md5=5,sha=5,sha-256=5"), kSha256);
}

TEST(WantedDigest, IsNoneWhereNoneOfOursIsWanted) {
  for (auto want : {"md5=0", "sha-512=10", "md5", "md5=x", "md5=-1", "nonsense", "=", ","})
    EXPECT_EQ(repr_digest(kHello, want), "") << want;
}

}  // namespace
}  // namespace coffer
