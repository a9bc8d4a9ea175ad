// What a store says of a copy is enough, or its bytes are read: counted here by what is read.

#include "base/text.h"
#include "blob/check.h"
#include "blob/memory.h"
#include "unit/blob_store_suite.h"
#include "unit/digests.h"

namespace coffer {
namespace {

// A store that says of its blobs what it is told to say.
class Saying : public MemoryStore {
 public:
  Result<Stat> stat(const Key& key) override {
    auto said = MemoryStore::stat(key);
    if (!said) return said;
    said->etag = etag;
    said->crc64 = crc64;
    said->size += longer;
    return said;
  }
  Result<std::unique_ptr<Source>> get(const Key& key, ByteRange range) override {
    reads++;
    return MemoryStore::get(key, range);
  }

  std::string etag;
  std::optional<Crc64> crc64;
  std::uint64_t longer = 0;
  int reads = 0;
};

class CheckCopy : public testing::Test {
 protected:
  void SetUp() override { EXPECT_TRUE(put(store, "hello", 7)); }

  Result<Depth> check(Depth depth = Depth::stat) { return check_copy(store, key, expected, depth); }

  Saying store;
  Key key{name_of("hello"), 7};
  Expected expected{.digests = digests_of("hello"), .size = 5, .etag = ""};
};

TEST_F(CheckCopy, BelievesTheMd5) {
  store.etag = hex(expected.digests.md5);
  EXPECT_EQ(*check(), Depth::stat);
  EXPECT_EQ(store.reads, 0);
}

TEST_F(CheckCopy, BelievesTheEtagThatWasWorkedOut) {
  store.etag = expected.etag = "0123-2";
  EXPECT_EQ(*check(), Depth::stat);
  EXPECT_EQ(store.reads, 0);
}

TEST_F(CheckCopy, BelievesTheCrc64MoreThanTheEtag) {
  store.crc64 = expected.digests.crc64;
  store.etag = "something else";
  EXPECT_EQ(*check(), Depth::stat);
  store.crc64->back() ^= 1;
  store.etag = hex(expected.digests.md5);
  EXPECT_EQ(check().error().code, Errc::data_loss);
  EXPECT_EQ(store.reads, 0);
}

TEST_F(CheckCopy, ReadsWhatTheStoreSaysTooLittleOf) {
  for (auto etag : {"", "0123-2", "00000000000000000000000000000000"}) {
    store.etag = etag;
    EXPECT_EQ(*check(), Depth::read) << etag;
  }
  EXPECT_EQ(store.reads, 3);
}

TEST_F(CheckCopy, ReadsWhatItIsToldToRead) {
  store.etag = hex(expected.digests.md5);
  EXPECT_EQ(*check(Depth::read), Depth::read);
  EXPECT_EQ(store.reads, 1);
}

TEST_F(CheckCopy, FindsOtherBytesAndOtherSizes) {
  expected.digests.sha1.front() ^= 1;
  EXPECT_EQ(check().error().code, Errc::data_loss) << "one of five digests is enough";
  expected.digests = digests_of("hello");
  store.etag = hex(expected.digests.md5);
  store.longer = 1;
  EXPECT_EQ(check().error().code, Errc::data_loss);
}

TEST_F(CheckCopy, FindsThatThereIsNone) {
  EXPECT_TRUE(store.remove(key));
  EXPECT_EQ(check().error().code, Errc::not_found);
}

}  // namespace
}  // namespace coffer
