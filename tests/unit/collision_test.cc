// Two files with one MD5, or one SHA-1, are two blobs: only SHA-256 is a name.

#include "base/text.h"
#include "blob/memory.h"
#include "unit/blob_store_suite.h"
#include "unit/digests.h"

namespace coffer {
namespace {

// X. Wang and H. Yu, How to Break MD5 and Other Hash Functions, EUROCRYPT 2005.
constexpr std::string_view kMd5One =
    "d131dd02c5e6eec4693d9a0698aff95c2fcab58712467eab4004583eb8fb7f8955ad340609f4b30283e48883"
    "2571415a085125e8f7cdc99fd91dbdf280373c5bd8823e3156348f5bae6dacd436c919c6dd53e2b487da03fd"
    "02396306d248cda0e99f33420f577ee8ce54b67080a80d1ec69821bcb6a8839396f9652b6ff72a70";
constexpr std::string_view kMd5Other =
    "d131dd02c5e6eec4693d9a0698aff95c2fcab50712467eab4004583eb8fb7f8955ad340609f4b30283e48883"
    "25f1415a085125e8f7cdc99fd91dbd7280373c5bd8823e3156348f5bae6dacd436c919c6dd53e23487da03fd"
    "02396306d248cda0e99f33420f577ee8ce54b67080280d1ec69821bcb6a8839396f965ab6ff72a70";

// G. Leurent and T. Peyrin, SHA-1 is a Shambles, USENIX Security 2020: the messages A and B.
constexpr std::string_view kSha1One =
    "99040d047fe81780012000ff4b65792069732070617274206f66206120636f6c6c6973696f6e212049742773"
    "206120747261702179c61af0afcc054515d9274e7307624b1dc7fb23988bb8de8b575dba7b9eab31c1674b6d"
    "974378a827732ff5851c76a2e60772b5a47ce1eac40bb993c12d8c70e24a4f8d5fcdedc1b32c9cf19e31af24"
    "29759d42e4dfdb31719f587623ee552939b6dcdc459fca53553b70f87ede30a247ea3af6c759a2f20b320d76"
    "0db64ff479084fd3ccb3cdd48362d96a9c430617caff6c36c637e53fde28417f626fec54ed7943a46e5f5730"
    "f2bb38fb1df6e0090010d00e24ad78bf92641993608e8d158a789f34c46fe1e6027f35a4cbfb827076c50eca"
    "0e8b7cca69bb2c2b790259f9bf9570dd8d4437a3115faff7c3cac09ad25266055c27104755178eaeff825a2c"
    "aa2acfb5de64ce7641dc59a541a9fc9c756756e2e23dc713c8c24c9790aa6b0e38a7f55f14452a1ca2850ddd"
    "9562fd9a18ad42496aa97008f74672f68ef461eb88b09933d626b4f918749cc027fddd6c425fc4216835d013"
    "4d15285bab2cb784a4f7cbb4fb514d4bf0f6237cf00a9e9f132b9a066e6fd17f6c42987478586ff651af9674"
    "7fb426b9872b9a88e4063f59bb334cc00650f83a80c42751b71974d300fc2819a2e8f1e32c1b51cb18e6bfc4"
    "db9baef675d4aaf5b1574a047f8f6dd2ec153a93412293974d928f88ced9363cfef97ce2e742bf34c96b8ef3"
    "875676fea5cca8e5f7dea0bab2413d4de00ee71ee01f162bdb6d1eafd925e6aebaae6a354ef17cf205a404fb"
    "db12fc454d41fdd95cf2459664a2ad032d1da60a73264075d7f1e0d6c1403ae7a0d861df3fe5707188dd5e07"
    "d1589b9f8b6630553f8fc352b3e0c27da80bddba4c64020d";
constexpr std::string_view kSha1Other =
    "99030d047fe81780011800ff50726163746963616c205348412d312063686f73656e2d70726566697820636f"
    "6c6c6973696f6e211d276c6ba661e1040e1f7d767f076249ddc7fb332c8bb8c2b7575dbec79eab2be1674b7d"
    "b34378b4cb732fe1891c76a0260772a5107ce1f6e80bb9977d2d8c68524a4f9d5fcdedcd0b2c9ce19231af26"
    "e9759d5250dfdb2d4d9f58729fee553319b6dccc619fca4fb93b70ec72de30a087ea3ae67359a2ee27320d72"
    "b1b64fecc9084fc3ccb3cdd83b62d97a904306150aff6c267237e523e228417bde6fec4ecd7943b44a5f572c"
    "1ebb38ef11f6e00bc010d01e90ad78a3be641997dc8e8d0d3a789f24c46fe1eaba7f35b4c7fb8272b6c50eda"
    "ba8b7cd655bb2c2fc50259e39f9570cda94437bffd5fafe3cfcac09812526615e827105b79178eaa43825a34"
    "1a2acfa5de64ce7af9dc59b54da9fc9eb56756f2563dc70ff4c24c932caa6b1418a7f54f30452a004e850dc9"
    "9962fd98d8ad4259dea97014db4672f232f461f338b09923d626b4f5a0749cd02bfddd6e825fc431dc35d00f"
    "7115285f172cb79e84f7cba4df514d571cf62368fc0a9e9dd32b9a16da6fd16340429870c4586feee1af9664"
    "7fb426b53f2b9a98e8063f5b7b334cd0b250f826bcc427550b1974c920fc280986e8f1ffc01b51df14e6bfc6"
    "1b9baee6c1d4aae99d574a00c38f6dca5c153a834122939bf5928f98c2d9363e3ef97cf25342bf28f56b8ef7"
    "3b5676e485cca8f5d3dea0a65e413d59ec0ee71c201f163b6f6d1eb3f525e6aa06ae6a2dfef17ce205a404f7"
    "6312fc554141fddb9cf24586d0a2ad1f111da60ecf26406ff7f1e0c6e5403afb4cd861cb33e5707348dd5e17"
    "65589b83a7663051838fc34a03e0c26da80bddb6f464021d";

struct Pair {
  Pair(std::string_view one_hex, std::string_view other_hex)
      : one(text_of(*unhex(one_hex))), other(text_of(*unhex(other_hex))) {}
  std::string one, other;
};

void expect_two_blobs(const Pair& pair) {
  MemoryStore store;
  for (auto& bytes : {pair.one, pair.other}) EXPECT_TRUE(put(store, bytes));
  EXPECT_EQ(store.list({}, 10)->size(), 2u);
  EXPECT_EQ(get(store, digests_of(pair.one).sha256), pair.one);
  EXPECT_EQ(get(store, digests_of(pair.other).sha256), pair.other);
}

TEST(Collision, OfMd5MakesTwoBlobs) {
  Pair pair(kMd5One, kMd5Other);
  ASSERT_NE(pair.one, pair.other);
  EXPECT_EQ(hex(digests_of(pair.one).md5), "79054025255fb1a26e4bc422aef54eb4");
  EXPECT_EQ(digests_of(pair.one).md5, digests_of(pair.other).md5);
  EXPECT_NE(digests_of(pair.one).sha1, digests_of(pair.other).sha1);
  expect_two_blobs(pair);
}

TEST(Collision, OfSha1MakesTwoBlobs) {
  Pair pair(kSha1One, kSha1Other);
  ASSERT_NE(pair.one, pair.other);
  EXPECT_EQ(hex(digests_of(pair.one).sha1), "8ac60ba76f1999a1ab70223f225aefdc78d4ddc0");
  EXPECT_EQ(digests_of(pair.one).sha1, digests_of(pair.other).sha1);
  EXPECT_NE(digests_of(pair.one).md5, digests_of(pair.other).md5);
  expect_two_blobs(pair);
}

}  // namespace
}  // namespace coffer
