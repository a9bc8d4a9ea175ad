// The five digests against their standards' own vectors and against OpenSSL's one-shot
// functions, on every backend this machine can run, whole and in pieces.

#include "digest/digest.h"

#include <openssl/evp.h>

#include "base/text.h"
#include "unit/digests.h"

namespace coffer {
namespace {

template <std::size_t kSize>
std::array<std::uint8_t, kSize> one_shot(const EVP_MD* algorithm, std::string_view bytes) {
  std::array<std::uint8_t, kSize> digest;
  EXPECT_EQ(EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, algorithm, nullptr), 1);
  return digest;
}

// A reflected CRC as its definition reads, one bit at a time.
template <class Word>
std::array<std::uint8_t, sizeof(Word)> plain_crc(Word polynomial, std::string_view bytes) {
  Word crc = static_cast<Word>(-1);
  for (auto byte : bytes_of(bytes)) {
    crc ^= byte;
    for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >> 1 ^ polynomial : crc >> 1;
  }
  std::array<std::uint8_t, sizeof(Word)> digest;
  for (std::size_t i = 0; i < sizeof(Word); i++)
    digest[sizeof(Word) - 1 - i] = static_cast<std::uint8_t>(~crc >> 8 * i);
  return digest;
}

Digests expected(std::string_view bytes) {
  return {.sha256 = one_shot<32>(EVP_sha256(), bytes),
          .sha1 = one_shot<20>(EVP_sha1(), bytes),
          .md5 = one_shot<16>(EVP_md5(), bytes),
          .crc32 = plain_crc<std::uint32_t>(0xEDB88320, bytes),
          .crc64 = plain_crc<std::uint64_t>(0xC96C5795D7870F42, bytes)};
}

class DigesterOn : public testing::TestWithParam<Backend> {
 protected:
  Digests digests(std::string_view bytes) { return digests_of(bytes, GetParam()); }

  Digests in_pieces(const std::vector<std::string_view>& pieces) {
    Digester digester(GetParam());
    for (auto piece : pieces) digester.update(piece);
    return digester.finish();
  }
};

INSTANTIATE_TEST_SUITE_P(EveryBackend, DigesterOn, testing::ValuesIn(backends()), backend_name);

TEST_P(DigesterOn, GivesTheCheckValuesOfBothCrcs) {
  EXPECT_EQ(hex(digests("123456789").crc32), "cbf43926");
  EXPECT_EQ(hex(digests("123456789").crc64), "995dc9bbdf1939fa");
}

TEST_P(DigesterOn, GivesTheMd5SuiteOfRfc1321) {
  const std::pair<const char*, const char*> suite[] = {
      {"", "d41d8cd98f00b204e9800998ecf8427e"},
      {"a", "0cc175b9c0f1b6a831c399e269772661"},
      {"abc", "900150983cd24fb0d6963f7d28e17f72"},
      {"message digest", "f96b697d7cb7938d525a2f31aaf161d0"},
      {"abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"},
      {"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
       "d174ab98d277d9f5a5611c2c9f419d9f"},
      {"12345678901234567890123456789012345678901234567890123456789012345678901234567890",
       "57edf4a22be3c955ac49da2e2107b67a"}};
  for (auto& [text, md5] : suite) EXPECT_EQ(hex(digests(text).md5), md5) << text;
}

// The messages of NIST's examples for FIPS 180: none, 24, 448 and 896 bits, and a million.
TEST_P(DigesterOn, GivesTheShaExamplesOfNist) {
  struct Example {
    std::string text, sha1, sha256;
  };
  const Example examples[] = {
      {"", "da39a3ee5e6b4b0d3255bfef95601890afd80709",
       "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {"abc", "a9993e364706816aba3e25717850c26c9cd0d89d",
       "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
       "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
      {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
       "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
       "a49b2446a02c645bf419f995b67091253a04a259",
       "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
      {std::string(1'000'000, 'a'), "34aa973cd4c4daa4f61eeb2bdbad27316534016f",
       "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"}};
  for (auto& [text, sha1, sha256] : examples) {
    EXPECT_EQ(hex(digests(text).sha1), sha1) << text.size();
    EXPECT_EQ(hex(digests(text).sha256), sha256) << text.size();
  }
}

TEST_P(DigesterOn, AgreesWithOneShotForEveryLengthAroundABlock) {
  for (std::size_t size = 0; size <= 300; size++) {
    auto bytes = random_bytes(size);
    EXPECT_EQ(digests(bytes), expected(bytes)) << size;
  }
}

TEST_P(DigesterOn, AgreesWithOneShotAroundTheSizesOfBuffers) {
  for (std::size_t power = 9; power <= 17; power++)
    for (std::size_t size : {(1u << power) - 1, 1u << power, (1u << power) + 1, 3u << power}) {
      auto bytes = random_bytes(size);
      EXPECT_EQ(digests(bytes), expected(bytes)) << size;
    }
}

TEST_P(DigesterOn, GivesTheSameForEverySplitInTwo) {
  auto bytes = random_bytes(321);
  std::string_view all = bytes;
  auto whole = expected(bytes);
  for (std::size_t at = 0; at <= all.size(); at++)
    EXPECT_EQ(in_pieces({all.substr(0, at), all.substr(at)}), whole) << at;
}

TEST_P(DigesterOn, GivesTheSameForAnySplit) {
  std::mt19937 random(42);
  for (int round = 0; round < 100; round++) {
    auto bytes = random_bytes(random() % 50'000);
    std::vector<std::string_view> pieces;
    for (std::string_view rest = bytes; !rest.empty(); rest.remove_prefix(pieces.back().size()))
      pieces.push_back(rest.substr(0, random() % (random() % 4 ? 200 : 40'000)));
    EXPECT_EQ(in_pieces(pieces), expected(bytes)) << bytes.size();
  }
}

TEST_P(DigesterOn, ReadsBytesWhereverTheyLieInMemory) {
  auto bytes = random_bytes(1000 + 64);
  for (std::size_t offset = 0; offset < 64; offset++) {
    auto part = std::string_view(bytes).substr(offset, 1000);
    EXPECT_EQ(digests(part), expected(part)) << offset;
  }
}

TEST_P(DigesterOn, GoesOnAfterItWasMoved) {
  Digester first(GetParam());
  first.update("123");
  Digester second = std::move(first);
  second.update("456789");
  EXPECT_EQ(second.finish(), expected("123456789"));
}

// 513 MiB of zeros are more bits than 32 bits can count; the digests are md5sum's and its like.
TEST(Digester, CountsBeyondFourGibibits) {
  std::string zeros(1 << 20, '\0');
  Digester digester;
  for (int i = 0; i < 513; i++) digester.update(zeros);
  auto digests = digester.finish();
  EXPECT_EQ(hex(digests.md5), "f3a8799d64129a6fd8a5aa56f199ac54");
  EXPECT_EQ(hex(digests.sha1), "56b0894b2b968f40e7a5e9240d242c19f7c56b70");
  EXPECT_EQ(hex(digests.sha256),
            "a3e2acbb469e4e59dde406f912e754c933c1ac0fb0092a3634d61d5073309c0c");
}

TEST(Algorithm, HasOneNameAndTheSizeOfItsDigest) {
  const std::size_t sizes[] = {32, 20, 16, 4, 8};
  for (std::size_t i = 0; i < kAlgorithms.size(); i++) {
    EXPECT_EQ(algorithm_named(name_of(kAlgorithms[i])), kAlgorithms[i]);
    EXPECT_EQ(size_of(kAlgorithms[i]), sizes[i]);
  }
  EXPECT_EQ(name_of(Algorithm::sha256), "sha256");
  EXPECT_FALSE(algorithm_named("SHA256"));
  EXPECT_FALSE(algorithm_named(""));
}

TEST(Algorithm, FindsItsDigestAmongTheFive) {
  auto digests = expected("abc");
  EXPECT_EQ(digest_of(digests, Algorithm::md5).data(), digests.md5.data());
  EXPECT_EQ(digest_of(digests, Algorithm::crc64).data(), digests.crc64.data());
}

}  // namespace
}  // namespace coffer
