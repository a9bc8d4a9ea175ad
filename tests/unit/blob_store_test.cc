// The promises of a BlobStore, asked of every store that needs nothing but this machine.

#include <set>
#include <thread>

#include "blob/local.h"
#include "blob/memory.h"
#include "unit/blob_store_suite.h"

namespace coffer {
namespace {

std::unique_ptr<BlobStore> new_local_store(const Scratch& scratch) {
  return std::move(*LocalStore::open(scratch.path() / "blobs"));
}

std::unique_ptr<BlobStore> new_memory_store(const Scratch&) {
  return std::make_unique<MemoryStore>();
}

INSTANTIATE_TEST_SUITE_P(Local, BlobStoreSuite, testing::Values(&new_local_store));
INSTANTIATE_TEST_SUITE_P(Memory, BlobStoreSuite, testing::Values(&new_memory_store));

const Sha256 kHello = name_of("hello");

// Bytes without an end.
class Endless : public Source {
 public:
  Result<std::size_t> read(std::span<char> buffer) override {
    EXPECT_LT(total_ += buffer.size(), 10u << 20) << "it reads on and on";
    std::fill(buffer.begin(), buffer.end(), 'x');
    return buffer.size();
  }

 private:
  std::size_t total_ = 0;
};

// A connection that is lost after the first bytes.
class Broken : public Source {
 public:
  Result<std::size_t> read(std::span<char> buffer) override {
    if (count_++ > 0) return Error{Errc::unavailable, "the other side is gone"};
    buffer[0] = 'h';
    return 1u;
  }

 private:
  int count_ = 0;
};

template <class Bytes>
Result<std::unique_ptr<Source>> opener_of_new(ByteRange) {
  return std::make_unique<Bytes>();
}

TEST_P(BlobStoreSuite, GetReturnsWhatPutStored) {
  EXPECT_TRUE(put(store(), "hello"));
  EXPECT_EQ(get(store(), kHello), "hello");
  EXPECT_EQ(store().stat(kHello)->size, 5u);
}

TEST_P(BlobStoreSuite, ARangeIsThatPartOfTheBlob) {
  EXPECT_TRUE(put(store(), "hello"));
  EXPECT_EQ(get(store(), kHello, {.offset = 1, .length = 3}), "ell");
  EXPECT_EQ(get(store(), kHello, {.offset = 2}), "llo");
  EXPECT_EQ(get(store(), kHello, {.offset = 3, .length = 9}), "lo");
  EXPECT_EQ(get(store(), kHello, {.length = 0}), "");
}

TEST_P(BlobStoreSuite, ARangePastTheEndIsEmpty) {
  EXPECT_TRUE(put(store(), "hello"));
  EXPECT_EQ(get(store(), kHello, {.offset = 5}), "");
  EXPECT_EQ(get(store(), kHello, {.offset = 6, .length = 1}), "");
  EXPECT_EQ(get(store(), kHello, {.offset = UINT64_MAX, .length = UINT64_MAX}), "");
}

TEST_P(BlobStoreSuite, TheEmptyBlobIsABlob) {
  EXPECT_TRUE(put(store(), ""));
  EXPECT_EQ(get(store(), name_of("")), "");
  EXPECT_EQ(store().stat(name_of(""))->size, 0u);
  EXPECT_EQ(store().list({}, 10)->size(), 1u);
}

TEST_P(BlobStoreSuite, ABlobOfManyBuffersComesBackWhole) {
  std::string bytes(3'000'001, '\0');
  for (std::size_t i = 0; i < bytes.size(); i++) bytes[i] = static_cast<char>(i * i >> 7);
  EXPECT_TRUE(put(store(), bytes));
  EXPECT_EQ(get(store(), name_of(bytes)), bytes);
  EXPECT_EQ(get(store(), name_of(bytes), {.offset = 999'999, .length = 1'234'567}),
            bytes.substr(999'999, 1'234'567));
}

TEST_P(BlobStoreSuite, PutTwiceIsPutOnce) {
  EXPECT_TRUE(put(store(), "hello"));
  EXPECT_TRUE(put(store(), "hello"));
  EXPECT_EQ(store().list({}, 10)->size(), 1u);
}

TEST_P(BlobStoreSuite, BytesThatDoNotMatchLeaveNothing) {
  refuse(Errc::data_loss, kHello, opener_of("jello"), 5);
  refuse(Errc::data_loss, kHello, opener_of("hell"), 5);
  refuse(Errc::data_loss, kHello, opener_of(""), 5);
  refuse(Errc::data_loss, kHello, opener_of("hello!"), 5);
  refuse(Errc::data_loss, name_of(""), opener_of("hello"), 0);
  refuse(Errc::data_loss, kHello, opener_of("hello"), 6);
}

TEST_P(BlobStoreSuite, BytesWithoutAnEndAreNotReadToIt) {
  refuse(Errc::data_loss, kHello, opener_of_new<Endless>, 1 << 20);
}

TEST_P(BlobStoreSuite, ASourceThatBreaksOffLeavesNothing) {
  refuse(Errc::unavailable, kHello, opener_of_new<Broken>, 5);
}

TEST_P(BlobStoreSuite, WhatFailedOnceCanBePutAgain) {
  EXPECT_FALSE(store().put(kHello, opener_of("jello"), 5));
  EXPECT_TRUE(put(store(), "hello"));
  EXPECT_EQ(get(store(), kHello), "hello");
}

TEST_P(BlobStoreSuite, WhatIsNotThereIsNotFound) {
  EXPECT_EQ(store().get(kHello, {}).error().code, Errc::not_found);
  EXPECT_EQ(store().stat(kHello).error().code, Errc::not_found);
  EXPECT_EQ(store().stat(kHello).error().message.find('/'), std::string::npos) << "a path of ours";
}

TEST_P(BlobStoreSuite, ARemovedBlobIsGoneAndNoOther) {
  EXPECT_TRUE(put(store(), "hello"));
  EXPECT_TRUE(put(store(), "other"));
  EXPECT_TRUE(store().remove(kHello));
  EXPECT_EQ(store().stat(kHello).error().code, Errc::not_found);
  EXPECT_EQ(*store().list({}, 10), std::vector{Key(name_of("other"))});
  EXPECT_TRUE(put(store(), "hello"));
  EXPECT_EQ(get(store(), kHello), "hello");
}

TEST_P(BlobStoreSuite, CopiesOfABlobAreApart) {
  EXPECT_TRUE(put(store(), "hello", 1));
  EXPECT_TRUE(put(store(), "hello", UINT64_MAX));
  EXPECT_FALSE(store().stat(kHello));
  EXPECT_TRUE(store().remove({kHello, 1}));
  EXPECT_EQ(store().stat({kHello, 1}).error().code, Errc::not_found);
  EXPECT_EQ(get(store(), {kHello, UINT64_MAX}), "hello");
}

TEST_P(BlobStoreSuite, RemoveOfWhatIsNotThereSucceeds) { EXPECT_TRUE(store().remove(kHello)); }

TEST_P(BlobStoreSuite, ListPagesThroughEveryKeyInOrder) {
  std::set<Key> keys;
  for (int i = 0; i < 300; i++) {
    auto bytes = "blob " + std::to_string(i);
    for (std::uint64_t serial : {0, i}) {
      keys.insert({name_of(bytes), serial});
      EXPECT_TRUE(put(store(), bytes, serial));
    }
  }
  std::vector<Key> listed;
  for (std::optional<Key> after;; after = listed.back()) {
    auto page = store().list(after, 7);
    ASSERT_TRUE(page);
    if (page->empty()) break;
    ASSERT_LE(page->size(), 7u);
    listed.insert(listed.end(), page->begin(), page->end());
  }
  EXPECT_EQ(listed, std::vector(keys.begin(), keys.end()));
  EXPECT_EQ(*store().list({}, 1000), listed);
}

TEST_P(BlobStoreSuite, ListGoesOnAfterAKeyThatIsNotThere) {
  EXPECT_TRUE(put(store(), "hello"));
  auto before = kHello, behind = kHello;
  before.back()--;
  behind.back()++;
  EXPECT_EQ(*store().list(before, 10), std::vector{Key(kHello)});
  EXPECT_TRUE(store().list(behind, 10)->empty());
}

TEST_P(BlobStoreSuite, ListOfNothingIsEmpty) {
  EXPECT_TRUE(store().list({}, 10)->empty());
  EXPECT_TRUE(store().list(kHello, 10)->empty());
}

TEST_P(BlobStoreSuite, TheSameBlobMayBePutAndReadByManyAtOnce) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; i++)
    threads.emplace_back([this] {
      for (int round = 0; round < 10; round++) {
        EXPECT_TRUE(put(store(), "hello"));
        EXPECT_EQ(get(store(), kHello), "hello");
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(store().list({}, 10)->size(), 1u);
}

TEST(Key, HasATextThatSortsAsItDoes) {
  auto name = std::string("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
  EXPECT_EQ(key_text(kHello), name);
  EXPECT_EQ(key_text({kHello, 255}), name + ".00000000000000ff");
  for (Key key : {Key(kHello), Key(kHello, 1), Key(kHello, UINT64_MAX)})
    EXPECT_EQ(parse_key(key_text(key)), key);
  EXPECT_LT(key_text(kHello), key_text({kHello, 1}));
  EXPECT_LT(key_text({kHello, 255}), key_text({kHello, 256}));
}

TEST(Key, HasNoOtherText) {
  auto name = key_text(kHello);
  for (auto text :
       {std::string(), std::string("2c"), name + ".", name + ".1", name + "-00000000000000ff",
        name + ".0000000000000000", name + ".00000000000000FF", name + "00", name + ".tmp",
        name + ".00000000000000ff0", "2C" + name.substr(2), " " + name})
    EXPECT_FALSE(parse_key(text)) << text;
}

}  // namespace
}  // namespace coffer
