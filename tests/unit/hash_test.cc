#include "digest/hash.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace coffer {
namespace {

// The examples of FIPS 180-4 and RFC 1321.
TEST(Hash, IsThatOfItsStandard) {
  EXPECT_EQ(hex(hash_of<Sha256>("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(hash_of<Sha1>("abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(hex(hash_of<Md5>("abc")), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(hex(hash_of<Md5>("")), "d41d8cd98f00b204e9800998ecf8427e");
}

TEST(Hash, DoesNotSeeWhereItsBytesAreCut) {
  Hash<Md5> hash;
  for (auto piece : {"a", "", "bc"}) hash.update(piece);
  EXPECT_EQ(hash.finish(), hash_of<Md5>("abc"));
}

// RFC 4231, test cases 2 and 6: a short key, and one that is longer than a block.
TEST(Hash, HmacIsThatOfRfc4231) {
  EXPECT_EQ(hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex(hmac_sha256(std::string(131, '\xaa'),
                            "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

}  // namespace
}  // namespace coffer
