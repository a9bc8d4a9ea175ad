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

TEST_P(BlobStoreSuite, GetReturnsWhatPutStored) {
  EXPECT_TRUE(put(store(), "hello"));
  EXPECT_EQ(get(store(), kHello), "hello");
  EXPECT_EQ(*store().stat(kHello), 5u);
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
  EXPECT_EQ(*store().stat(name_of("")), 0u);
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
  StringSource other("jello");
  refuse(Errc::data_loss, kHello, other, 5);
  StringSource fewer("hell");
  refuse(Errc::data_loss, kHello, fewer, 5);
  StringSource none("");
  refuse(Errc::data_loss, kHello, none, 5);
  StringSource more("hello!");
  refuse(Errc::data_loss, kHello, more, 5);
  StringSource unexpected("hello");
  refuse(Errc::data_loss, name_of(""), unexpected, 0);
  StringSource wrong_size("hello");
  refuse(Errc::data_loss, kHello, wrong_size, 6);
}

TEST_P(BlobStoreSuite, BytesWithoutAnEndAreNotReadToIt) {
  Endless bytes;
  refuse(Errc::data_loss, kHello, bytes, 1 << 20);
}

TEST_P(BlobStoreSuite, ASourceThatBreaksOffLeavesNothing) {
  Broken bytes;
  refuse(Errc::unavailable, kHello, bytes, 5);
}

TEST_P(BlobStoreSuite, WhatFailedOnceCanBePutAgain) {
  StringSource other("jello");
  EXPECT_FALSE(store().put(kHello, other, 5));
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
  EXPECT_EQ(*store().list({}, 10), std::vector{name_of("other")});
  EXPECT_TRUE(put(store(), "hello"));
  EXPECT_EQ(get(store(), kHello), "hello");
}

TEST_P(BlobStoreSuite, RemoveOfWhatIsNotThereSucceeds) { EXPECT_TRUE(store().remove(kHello)); }

TEST_P(BlobStoreSuite, ListPagesThroughEveryNameInOrder) {
  std::set<Sha256> names;
  for (int i = 0; i < 600; i++) {
    auto bytes = "blob " + std::to_string(i);
    names.insert(name_of(bytes));
    EXPECT_TRUE(put(store(), bytes));
  }
  std::vector<Sha256> listed;
  for (std::optional<Sha256> after;; after = listed.back()) {
    auto page = store().list(after, 7);
    ASSERT_TRUE(page);
    if (page->empty()) break;
    ASSERT_LE(page->size(), 7u);
    listed.insert(listed.end(), page->begin(), page->end());
  }
  EXPECT_EQ(listed, std::vector(names.begin(), names.end()));
  EXPECT_EQ(*store().list({}, 1000), listed);
}

TEST_P(BlobStoreSuite, ListGoesOnAfterANameThatIsNotThere) {
  EXPECT_TRUE(put(store(), "hello"));
  auto before = kHello, behind = kHello;
  before.back()--;
  behind.back()++;
  EXPECT_EQ(*store().list(before, 10), std::vector{kHello});
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

}  // namespace
}  // namespace coffer
