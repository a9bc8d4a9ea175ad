// RadosStore, where there is a Ceph to ask: COFFER_TEST_RADOS="CONF USER POOL" says where, and
// tests/endpoint/t93-stores.sh starts one. Without it there are none of these tests.

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <chrono>
#include <future>
#include <sstream>
#include <thread>

#include "blob/rados.h"
#include "unit/blob_store_suite.h"

namespace coffer {
namespace {

// Small pieces, so that a blob of a few megabytes has some.
constexpr std::uint64_t kPiece = 1u << 20;

std::vector<std::string> places() {
  auto place = ::getenv("COFFER_TEST_RADOS");
  return place ? std::vector<std::string>{place} : std::vector<std::string>{};
}

// For a store of its own there.
RadosOptions options_of(const std::string& place) {
  RadosOptions options{.prefix = random_token() + "/", .piece_size = kPiece};
  std::istringstream(place) >> options.conf >> options.user >> options.pool;
  return options;
}

std::unique_ptr<RadosStore> open(RadosOptions options) {
  return std::move(*RadosStore::open(std::move(options)));
}

std::unique_ptr<BlobStore> new_rados_store(const Scratch&) {
  return open(options_of(places().front()));
}

std::vector<NewStore> stores() {
  if (places().empty()) return {};
  return {&new_rados_store};
}

INSTANTIATE_TEST_SUITE_P(Rados, BlobStoreSuite, testing::ValuesIn(stores()));

class RadosStoreTest : public testing::TestWithParam<std::string> {
 protected:
  RadosOptions options_ = options_of(GetParam());
  Scratch scratch_;
};

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(RadosStoreTest);
INSTANTIATE_TEST_SUITE_P(Rados, RadosStoreTest, testing::ValuesIn(places()));

// As many as that, and no two parts alike.
std::string bytes_of_size(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; i++) bytes[i] = static_cast<char>(i * i >> 7);
  return bytes;
}

// What is in the pool under the prefix, but for the indices, as the rados tool sees it.
std::vector<std::string> pieces_in(const RadosOptions& options) {
  auto command = "rados -c '" + options.conf.string() + "' -n 'client." + options.user + "' -p '" +
                 options.pool + "' ls";
  std::vector<std::string> pieces;
  auto pipe = ::popen(command.c_str(), "r");
  if (!pipe) return {"no rados"};
  char line[1000];
  while (::fgets(line, sizeof line, pipe))
    if (std::string(line).starts_with(options.prefix) &&
        !std::string(line).starts_with(options.prefix + "index."))
      pieces.push_back(line);
  if (::pclose(pipe) != 0) return {"rados fails"};
  return pieces;
}

// These bytes, and after `count` of them whatever `then` does.
class Interrupted : public Source {
 public:
  Interrupted(std::string bytes, std::size_t count, std::function<Result<>()> then)
      : bytes_(std::move(bytes)), count_(count), then_(std::move(then)) {}

  Result<std::size_t> read(std::span<char> buffer) override {
    if (at_ >= count_ && then_)
      if (auto done = std::exchange(then_, nullptr)(); !done) return done.error();
    auto n = std::min({buffer.size(), bytes_.size() - at_, std::size_t{100'000}});
    std::copy_n(bytes_.data() + at_, n, buffer.data());
    at_ += n;
    return n;
  }

 private:
  std::string bytes_;
  std::size_t count_;
  std::function<Result<>()> then_;
  std::size_t at_ = 0;
};

Opener interrupted(const std::string& bytes, std::size_t count, std::function<Result<>()> then) {
  return [=](ByteRange) -> Result<std::unique_ptr<Source>> {
    return std::make_unique<Interrupted>(bytes, count, then);
  };
}

// The same Ceph, with other keys.
std::filesystem::path conf_of(const Scratch& scratch, const RadosOptions& options,
                              const std::string& keyring) {
  auto conf = contents(options.conf);
  auto host = conf.find("mon host");
  return scratch.file("ceph.conf", "[global]\n" + conf.substr(host, conf.find('\n', host) - host) +
                                       "\nkeyring = " + keyring + "\n");
}

TEST_P(RadosStoreTest, ABlobIsInPiecesAndTheLastOneIsShorter) {
  auto store = open(options_);
  for (auto [size, count] : {std::pair<std::size_t, std::size_t>{kPiece - 1, 1},
                             {kPiece, 1},
                             {kPiece + 1, 2},
                             {5 * kPiece + 7, 6}}) {
    auto bytes = bytes_of_size(size);
    auto key = Key(name_of(bytes));
    EXPECT_TRUE(put(*store, bytes));
    EXPECT_EQ(pieces_in(options_).size(), count);
    EXPECT_EQ(get(*store, key), bytes);
    EXPECT_EQ(get(*store, key, {.offset = kPiece - 3, .length = 6}), bytes.substr(kPiece - 3, 6));
    EXPECT_TRUE(store->remove(key));
    EXPECT_EQ(pieces_in(options_), std::vector<std::string>{});
  }
}

TEST_P(RadosStoreTest, AStoreWithOtherPiecesReadsAndRemovesTheOldOnes) {
  auto bytes = bytes_of_size(3 * kPiece);
  EXPECT_TRUE(put(*open(options_), bytes));
  options_.piece_size = 5 * kPiece;
  auto store = open(options_);
  EXPECT_EQ(get(*store, name_of(bytes)), bytes);
  EXPECT_TRUE(store->remove(name_of(bytes)));
  EXPECT_EQ(pieces_in(options_), std::vector<std::string>{});
}

TEST_P(RadosStoreTest, ASourceThatBreaksOffLeavesNoPieces) {
  auto store = open(options_);
  auto bytes = bytes_of_size(9 * kPiece);
  auto broken = [] { return Error{Errc::unavailable, "the other side is gone"}; };
  auto done = store->put(name_of(bytes), interrupted(bytes, 5 * kPiece, broken), bytes.size());
  EXPECT_EQ(done.error().code, Errc::unavailable);
  EXPECT_TRUE(store->unfinished()->empty());
  EXPECT_EQ(pieces_in(options_), std::vector<std::string>{});
}

// The process is started again for the put() that kills it, with the prefix that it finds here.
TEST_P(RadosStoreTest, WhatACrashLeavesIsUnfinishedUntilItIsRemoved) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  ::setenv("COFFER_TEST_PREFIX", options_.prefix.c_str(), 0);
  options_.prefix = ::getenv("COFFER_TEST_PREFIX");
  auto bytes = bytes_of_size(9 * kPiece);
  auto key = Key(name_of(bytes), 7);
  auto die = []() -> Result<> {
    ::usleep(300'000);  // until what is on its way to Ceph has come there
    ::_exit(7);
  };
  EXPECT_EXIT((void)open(options_)->put(key, interrupted(bytes, 5 * kPiece, die), bytes.size()),
              testing::ExitedWithCode(7), "");
  ::unsetenv("COFFER_TEST_PREFIX");

  auto store = open(options_);
  EXPECT_EQ(store->stat(key).error().code, Errc::not_found);
  EXPECT_TRUE(store->list({}, 10)->empty());
  EXPECT_EQ(*store->unfinished(), std::vector{key});
  EXPECT_GE(pieces_in(options_).size(), 4u);

  // Another put() of the same is not in its way, nor is it in the other's.
  EXPECT_TRUE(put(*store, bytes, 7));
  EXPECT_EQ(get(*store, key), bytes);
  EXPECT_EQ(*store->unfinished(), std::vector{key});
  EXPECT_TRUE(store->remove(key));
  EXPECT_TRUE(store->unfinished()->empty());
  EXPECT_EQ(pieces_in(options_), std::vector<std::string>{});
}

TEST_P(RadosStoreTest, WhatIsRemovedWhileItIsPutIsNotThere) {
  auto store = open(options_), other = open(options_);
  auto bytes = bytes_of_size(9 * kPiece);
  auto remove = [&] {
    EXPECT_EQ(*other->unfinished(), std::vector{Key(name_of(bytes))});
    return other->remove(name_of(bytes));
  };
  auto done = store->put(name_of(bytes), interrupted(bytes, 5 * kPiece, remove), bytes.size());
  EXPECT_EQ(done.error().code, Errc::unavailable);
  EXPECT_FALSE(store->stat(name_of(bytes)));
  EXPECT_TRUE(store->unfinished()->empty());
}

TEST_P(RadosStoreTest, OfTwoThatPutTheSameTheFirstStaysAndBothAreContent) {
  auto store = open(options_), other = open(options_);
  auto bytes = bytes_of_size(9 * kPiece);
  auto put_other = [&] { return put(*other, bytes); };
  EXPECT_TRUE(store->put(name_of(bytes), interrupted(bytes, 5 * kPiece, put_other), bytes.size()));
  EXPECT_EQ(get(*store, name_of(bytes)), bytes);
  EXPECT_TRUE(store->unfinished()->empty());
  EXPECT_EQ(pieces_in(options_).size(), 9u);
}

TEST_P(RadosStoreTest, OfTwoThatPutTheSameALiarDoesNoHarm) {
  auto store = open(options_), other = open(options_);
  auto bytes = bytes_of_size(9 * kPiece);
  auto lies = bytes;
  lies[0] ^= 1;
  auto lie = [&]() -> Result<> {
    auto refused = other->put(name_of(bytes), opener_of(lies), lies.size());
    EXPECT_EQ(refused.error().code, Errc::data_loss);
    return {};
  };
  EXPECT_TRUE(store->put(name_of(bytes), interrupted(bytes, 5 * kPiece, lie), bytes.size()));
  EXPECT_EQ(get(*store, name_of(bytes)), bytes);
  EXPECT_EQ(pieces_in(options_).size(), 9u);
}

TEST_P(RadosStoreTest, AKeyThatCephDoesNotKnowIsRefusedWithASentence) {
  auto wrong = scratch_.file("keyring", "[client." + options_.user +
                                            "]\nkey = AQA3UgZroy4oFxAAWnQyWw8HmS/exds04SP22w==\n");
  auto options = options_;
  for (std::string keyring : {wrong.string(), std::string("none")}) {
    options.conf = conf_of(scratch_, options_, keyring);
    auto refused = open(options)->stat(name_of("hello")).error();
    EXPECT_EQ(refused.code, Errc::internal);
    EXPECT_EQ(refused.message, "'client." + options.user + "' may not connect to Ceph's pool '" +
                                   options.pool +
                                   "'; its key or its rights are not those that Ceph knows");
  }
}

TEST_P(RadosStoreTest, APoolThatIsAnothersOrNotThereIsRefusedWithASentence) {
  options_.pool = "default.rgw.log";
  auto refused = open(options_)->put(name_of("hello"), opener_of("hello"), 5).error();
  EXPECT_EQ(refused.code, Errc::internal);
  EXPECT_NE(refused.message.find("may not"), std::string::npos) << refused.message;
  options_.pool = "none";
  refused = open(options_)->stat(name_of("hello")).error();
  EXPECT_EQ(refused.code, Errc::internal);
  EXPECT_EQ(refused.message, "Ceph has no pool 'none'");
}

TEST_P(RadosStoreTest, WhatIsNoConfigurationIsRefusedWithASentence) {
  options_.conf = scratch_.path() / "none";
  auto refused = open(options_)->stat(name_of("hello")).error();
  EXPECT_EQ(refused.code, Errc::internal);
  EXPECT_NE(refused.message.find("none' cannot be read: No such file"), std::string::npos);
  options_.conf = scratch_.file("ceph.conf", "[global]\nmon host = nowhere.invalid\n");
  refused = open(options_)->stat(name_of("hello")).error();
  EXPECT_EQ(refused.code, Errc::unavailable);
  EXPECT_NE(refused.message.find("leads to no monitor"), std::string::npos) << refused.message;
}

TEST_P(RadosStoreTest, ACephThatDoesNotAnswerIsUnavailableWithinTheTimeoutForAll) {
  options_.timeout = std::chrono::seconds(2);
  options_.conf = scratch_.file(
      "ceph.conf", "[global]\nmon host = [v2:127.0.0.1:1]\nauth client required = none\n");
  auto store = open(options_);
  auto began = std::chrono::steady_clock::now();
  std::vector<std::future<Errc>> answers;
  for (int i = 0; i < 4; i++)
    answers.push_back(
        std::async(std::launch::async, [&] { return store->stat(name_of("hello")).error().code; }));
  for (auto& answer : answers) EXPECT_EQ(answer.get(), Errc::unavailable);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(6));
}

}  // namespace
}  // namespace coffer
