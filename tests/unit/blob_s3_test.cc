// An S3Store before a real bucket: the promises of a BlobStore, and what only a real one can show.
// Nothing is tested without the variable COFFER_TEST_S3, "ENDPOINT REGION BUCKET KEYS_FILE".

#include <sstream>

#include "base/text.h"
#include "blob/check.h"
#include "blob/s3.h"
#include "digest/digester.h"
#include "digest/hash.h"
#include "unit/blob_store_suite.h"

namespace coffer {
namespace {

constexpr std::size_t kPart = 5 << 20;

// The bucket to test with, if there is one.
std::vector<std::string> buckets() {
  auto bucket = std::getenv("COFFER_TEST_S3");
  return bucket ? std::vector<std::string>{bucket} : std::vector<std::string>{};
}

// Below a prefix that nothing else has.
S3Options new_options() {
  S3Options options{.prefix = random_token() + "/", .path_style = true, .part_size = kPart};
  std::istringstream words(buckets().front());
  words >> options.endpoint >> options.region >> options.bucket >> options.keys_file;
  return options;
}

std::unique_ptr<S3Store> new_s3_store(const S3Options& options = new_options()) {
  auto store = S3Store::open(options);
  if (!store) ADD_FAILURE() << store.error().message;
  return std::move(*store);
}

std::vector<NewStore> stores() {
  if (buckets().empty()) return {};
  return {[](const Scratch&) -> std::unique_ptr<BlobStore> { return new_s3_store(); }};
}

INSTANTIATE_TEST_SUITE_P(S3, BlobStoreSuite, testing::ValuesIn(stores()));

class S3Bucket : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    store_ = new_s3_store();
    for (std::size_t i = 0; i < bytes_.size(); i++) bytes_[i] = static_cast<char>(i * i >> 7);
    name_ = name_of(bytes_);
  }

  Result<std::string> put_large() { return store_->put(name_, opener_of(bytes_), bytes_.size()); }

  std::unique_ptr<S3Store> store_;
  std::string bytes_ = std::string(2 * kPart + 1'234'567, '\0');
  Sha256 name_;
};

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(S3Bucket);
INSTANTIATE_TEST_SUITE_P(S3, S3Bucket, testing::ValuesIn(buckets()));

TEST_P(S3Bucket, TheEtagsArePredicted) {
  EXPECT_EQ(*store_->put(name_of("hello"), opener_of("hello"), 5), hex(hash_of<Md5>("hello")));
  EXPECT_EQ(store_->stat(name_of("hello"))->etag, hex(hash_of<Md5>("hello")));
  auto etag = put_large();
  ASSERT_TRUE(etag) << etag.error().message;
  EXPECT_TRUE(etag->ends_with("-3"));
  EXPECT_EQ(store_->stat(name_)->etag, *etag);
  EXPECT_GT(store_->stat(name_)->modified_ms, 1'577'836'800'000u);
  EXPECT_EQ(*put_large(), "");
}

TEST_P(S3Bucket, ALargeBlobComesBackWholeAndInPieces) {
  ASSERT_TRUE(put_large());
  EXPECT_TRUE(get(*store_, name_) == bytes_);
  EXPECT_TRUE(get(*store_, name_, {.offset = kPart - 1, .length = kPart + 2}) ==
              bytes_.substr(kPart - 1, kPart + 2));
  EXPECT_TRUE(get(*store_, name_, {.offset = 2 * kPart}) == bytes_.substr(2 * kPart));
  EXPECT_TRUE(store_->unfinished()->empty());
}

TEST_P(S3Bucket, ItsEtagIsEnoughToCheckIt) {
  auto etag = put_large();
  ASSERT_TRUE(etag);
  Digester digester;
  digester.update(bytes_);
  Expected expected{.digests = digester.finish(), .size = bytes_.size(), .etag = *etag};
  EXPECT_TRUE(check_copy(*store_, name_, expected, Depth::stat));
  EXPECT_TRUE(check_copy(*store_, name_, expected, Depth::read));
}

// A store from which the bytes come that breaks in the last part, or has others there.
TEST_P(S3Bucket, LargeBytesThatAreNotRightLeaveNothing) {
  auto breaks = [&](ByteRange range) -> Result<std::unique_ptr<Source>> {
    if (range.offset > kPart) return Error{Errc::unavailable, "gone"};
    return opener_of(bytes_)(range);
  };
  auto others = bytes_;
  others.back()++;
  auto shorter = bytes_.substr(1);
  auto longer = bytes_ + "x";
  EXPECT_EQ(store_->put(name_, breaks, bytes_.size()).error().code, Errc::unavailable);
  for (auto& wrong : {others, shorter, longer})
    EXPECT_EQ(store_->put(name_, opener_of(wrong), bytes_.size()).error().code, Errc::data_loss);
  EXPECT_FALSE(store_->stat(name_));
  EXPECT_TRUE(store_->unfinished()->empty());
}

TEST_P(S3Bucket, BytesThatChangeBetweenTwoReadingsLeaveNothing) {
  int opened = 0;
  auto changes = [&](ByteRange range) { return opener_of(opened++ ? "jello" : "hello")(range); };
  EXPECT_EQ(store_->put(name_of("hello"), changes, 5).error().code, Errc::data_loss);
  EXPECT_FALSE(store_->stat(name_of("hello")));
}

// As a program that was killed leaves it: begun, and never ended.
TEST_P(S3Bucket, WhatWasCutShortIsFoundAndGoes) {
  auto options = new_options();
  auto client = S3Client::open(options);
  ASSERT_TRUE(client);
  auto store = new_s3_store(options);
  for (std::uint64_t serial : {0, 0, 1})
    ASSERT_TRUE((*client)->call({.method = "POST",
                                 .object = options.prefix + key_text({name_, serial}),
                                 .query = {{"uploads", ""}}}));
  EXPECT_EQ(*store->unfinished(), (std::vector{Key(name_), Key(name_, 1)}));
  EXPECT_TRUE(store->remove(name_));
  EXPECT_EQ(*store->unfinished(), std::vector{Key(name_, 1)});
  EXPECT_TRUE(store->remove({name_, 1}));
  EXPECT_TRUE(store->unfinished()->empty());
}

Result<HttpAnswer> fetch(const std::string& url) {
  return HttpClient({}).exchange({.url = url}, kPart);
}

TEST_P(S3Bucket, APresignedUrlIsForOneBlobAndForAWhile) {
  Key key(name_of("hello"), 5);
  ASSERT_TRUE(put(*store_, "hello", 5));
  auto disposition = std::string("attachment; filename*=UTF-8''caf%C3%A9%20%2B.txt");
  auto url = store_->presign(key, std::chrono::seconds(60), disposition, "text/plain");
  auto answer = fetch(url);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "hello");
  EXPECT_EQ(header_of(answer->headers, "content-disposition"), disposition);
  EXPECT_EQ(header_of(answer->headers, "content-type"), "text/plain");

  auto tampered = url;
  tampered.replace(tampered.find("text%2Fplain"), 12, "text%2Fhtml_");
  EXPECT_EQ(fetch(tampered)->status, 403);
  auto other = url;
  other.replace(other.find(key_text(key)), 1, "f");
  EXPECT_EQ(fetch(other)->status, 403);
  auto longer = url;
  longer.replace(longer.find("X-Amz-Expires=60"), 16, "X-Amz-Expires=99");
  EXPECT_EQ(fetch(longer)->status, 403);
}

TEST_P(S3Bucket, APresignedUrlExpires) {
  ASSERT_TRUE(put(*store_, "hello"));
  auto url = store_->presign(name_of("hello"), std::chrono::seconds(1), "inline", "text/plain");
  int status = 200;
  for (int tries = 0; status == 200 && tries < 50; tries++) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    status = fetch(url)->status;
  }
  EXPECT_EQ(status, 403);
}

TEST_P(S3Bucket, AStrangersObjectIsNotABlob) {
  auto options = new_options();
  auto client = S3Client::open(options);
  auto store = new_s3_store(options);
  for (auto name : {"0", "a b+c&<d>%", "zz", "\xc3\xa9"})
    ASSERT_TRUE((*client)->call({.method = "PUT", .object = options.prefix + name}));
  ASSERT_TRUE(put(*store, "hello"));
  for (std::size_t limit : {1u, 2u, 10u}) {
    auto page = store->list({}, limit);
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_EQ(*page, std::vector{Key(name_of("hello"))});
  }
  auto rest = store->list(Key(name_of("hello")), 1);
  ASSERT_TRUE(rest) << rest.error().message;
  EXPECT_TRUE(rest->empty());
}

TEST_P(S3Bucket, WrongKeysAreRefused) {
  Scratch scratch;
  auto options = new_options();
  options.keys_file = scratch.file("keys", "TESTACCESSKEY0000001\nwrong\n");
  std::filesystem::permissions(options.keys_file, std::filesystem::perms::owner_read);
  auto store = new_s3_store(options);
  EXPECT_EQ(store->stat(name_).error().code, Errc::internal);
  auto refused = put(*store, "hello");
  EXPECT_EQ(refused.error().code, Errc::internal);
  EXPECT_EQ(refused.error().message.find("wrong"), std::string::npos);
}

}  // namespace
}  // namespace coffer
