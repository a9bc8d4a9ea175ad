// An S3Store before a bucket that does everything wrong.

#include <sys/stat.h>

#include "base/text.h"
#include "base/time.h"
#include "blob/s3.h"
#include "digest/hash.h"
#include "unit/blob_store_suite.h"
#include "unit/scripted_server.h"

namespace coffer {
namespace {

const Sha256 kHello = name_of("hello");
const std::string kHelloEtag = hex(hash_of<Md5>("hello"));
const std::string kNothing = answer_of("404 Not Found");  // to a HEAD
const std::string kFive = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";

std::string error_of(const std::string& status, const std::string& code) {
  return answer_of(status, "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code></Error>");
}

struct Bucket {
  explicit Bucket(std::vector<std::string> answers) : server(std::move(answers)) {
    set_keys("ACCESS1");
    store = std::move(*S3Store::open({.endpoint = server.url(),
                                      .bucket = "things",
                                      .prefix = "our/",
                                      .storage_class = "COLD",
                                      .path_style = true,
                                      .keys_file = scratch.path() / "keys",
                                      .stall = std::chrono::seconds(1),
                                      .part_size = 5 << 20,
                                      .parts_at_a_time = 1}));
  }

  void set_keys(const std::string& access) {
    auto file = scratch.file("keys", access + "\nVerySecret\n");
    ::chmod(file.c_str(), 0600);
  }

  // The first words of the requests so far, and whether one has that in it.
  std::string methods() {
    std::string text;
    for (auto& request : server.requests()) text += request.substr(0, request.find(' ')) + " ";
    return text;
  }
  bool asked(std::size_t i, std::string_view text) {
    return server.requests().at(i).find(text) != std::string::npos;
  }

  ScriptedServer server;
  Scratch scratch;
  std::unique_ptr<S3Store> store;
};

TEST(S3Scripted, AServerInTroubleIsAskedAgain) {
  Bucket bucket({error_of("500 Internal Server Error", "InternalError"),
                 error_of("400 Bad Request", "RequestTimeout"), answer_of("200 OK", "<R/>")});
  EXPECT_TRUE(bucket.store->list({}, 10));
  EXPECT_EQ(bucket.methods(), "GET GET GET ");
}

TEST(S3Scripted, AServerThatAsksForTimeIsGivenIt) {
  Bucket bucket({answer_of("503 Slow Down\r\nRetry-After: 1"), kFive});
  auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(bucket.store->stat(kHello));
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
}

TEST(S3Scripted, ARefusalIsFinalAndSaysNoSecrets) {
  Bucket bucket({error_of("403 Forbidden", "AccessDenied")});
  auto refused = bucket.store->list({}, 10);
  EXPECT_EQ(refused.error().code, Errc::internal);
  EXPECT_EQ(refused.error().message, "the bucket 'things' answers 403 AccessDenied to a GET");
  EXPECT_EQ(bucket.methods(), "GET ");
  EXPECT_FALSE(bucket.asked(0, "VerySecret"));
}

TEST(S3Scripted, ACodeThatIsNoWordIsNotRepeated) {
  Bucket bucket({error_of("403 Forbidden", "a\nb")});
  EXPECT_EQ(bucket.store->list({}, 10).error().message, "the bucket 'things' answers 403 to a GET");
}

TEST(S3Scripted, NewKeysAreReadWhenTheOldOnesAreRefused) {
  Bucket bucket({answer_of("403 Forbidden"), kFive, answer_of("403 Forbidden")});
  bucket.set_keys("ACCESS2");
  EXPECT_TRUE(bucket.store->stat(kHello));
  EXPECT_TRUE(bucket.asked(0, "Credential=ACCESS1/"));
  EXPECT_TRUE(bucket.asked(1, "Credential=ACCESS2/"));
  EXPECT_FALSE(bucket.store->stat(kHello));
  EXPECT_EQ(bucket.methods(), "HEAD HEAD HEAD ");
}

TEST(S3Scripted, AClockThatIsWrongIsMadeUpFor) {
  Bucket bucket({answer_of("403 Forbidden\r\nDate: Fri, 24 May 2013 00:00:00 GMT"), kFive, kFive,
                 answer_of("403 Forbidden\r\nDate: Fri, 24 May 2013 00:00:01 GMT")});
  EXPECT_TRUE(bucket.store->stat(kHello));
  EXPECT_TRUE(bucket.asked(1, "x-amz-date: 20130524T0000"));
  EXPECT_TRUE(bucket.store->stat(kHello));
  EXPECT_TRUE(bucket.asked(2, "x-amz-date: 20130524T0000"));
  EXPECT_FALSE(bucket.store->stat(kHello));
  EXPECT_EQ(bucket.methods(), "HEAD HEAD HEAD HEAD ");
}

TEST(S3Scripted, StatSaysWhatTheBucketDoes) {
  Bucket bucket(
      {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nETag: \"abc-2\"\r\n"
       "x-oss-hash-crc64ecma: 11051210869376104954\r\n"
       "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n"});
  auto said = bucket.store->stat(kHello);
  EXPECT_EQ(said->size, 9u);
  EXPECT_EQ(said->etag, "abc-2");
  EXPECT_EQ(hex(*said->crc64), "995dc9bbdf1939fa");
  EXPECT_EQ(said->modified_ms, 784'111'777'000u);
}

TEST(S3Scripted, ASmallBlobIsSentInOneRequestThatGuardsIt) {
  Bucket bucket({answer_of("200 OK\r\nETag: \"" + kHelloEtag + "\"")});
  EXPECT_EQ(*bucket.store->put({kHello, 1}, opener_of("hello"), 5), kHelloEtag);
  EXPECT_TRUE(bucket.asked(0, "PUT /things/our/" + key_text({kHello, 1}) + " HTTP/1.1\r\n"));
  for (auto header : {"content-md5: XUFAKrxLKna5cZ2REBfFkg==", "x-amz-acl: private",
                      "x-amz-storage-class: COLD", "x-amz-content-sha256: UNSIGNED-PAYLOAD"})
    EXPECT_TRUE(bucket.asked(0, header)) << header;
  EXPECT_TRUE(bucket.server.requests()[0].ends_with("\r\n\r\nhello"));
}

TEST(S3Scripted, BytesThatWereDamagedOnTheWayAreSentAgain) {
  Bucket bucket({error_of("400 Bad Request", "BadDigest"),
                 answer_of("200 OK\r\nETag: \"" + std::string(32, '0') + "\""),
                 answer_of("200 OK\r\nETag: \"" + kHelloEtag + "\"")});
  EXPECT_EQ(*bucket.store->put(kHello, opener_of("hello"), 5), kHelloEtag);
  EXPECT_EQ(bucket.methods(), "PUT PUT PUT ");
}

TEST(S3Scripted, BytesThatAreDamagedEachTimeAreNotKept) {
  auto other = answer_of("200 OK\r\nETag: \"" + std::string(32, '0') + "\"");
  Bucket bucket({other, other, other, other, answer_of("204 No Content")});
  EXPECT_EQ(bucket.store->put(kHello, opener_of("hello"), 5).error().code, Errc::data_loss);
  EXPECT_EQ(bucket.methods(), "PUT PUT PUT PUT DELETE ");
}

const std::string kBegun = answer_of("200 OK", "<Result><UploadId>7&amp;x</UploadId></Result>");
const std::string kSent = answer_of("200 OK");

std::string large() { return std::string((5 << 20) + 1, 'x'); }

TEST(S3Scripted, WhatIsLargeAndThereIsNotSent) {
  Bucket bucket({"HTTP/1.1 200 OK\r\nContent-Length: 5242881\r\n\r\n"});
  EXPECT_TRUE(put(*bucket.store, large()));
  EXPECT_EQ(bucket.methods(), "HEAD ");
}

TEST(S3Scripted, AnEndThatFailsInASuccessIsAFailureAndAborts) {
  Bucket bucket({kNothing, kBegun, kSent, kSent, error_of("200 OK", "InvalidPart"), kNothing,
                 answer_of("204 No Content")});
  auto failed = put(*bucket.store, large());
  EXPECT_EQ(failed.error().message, "the bucket 'things' answers 200 InvalidPart to a POST");
  EXPECT_EQ(bucket.methods(), "HEAD POST PUT PUT POST HEAD DELETE ");
  EXPECT_TRUE(bucket.asked(1, "?uploads= HTTP/1.1\r\n"));
  EXPECT_TRUE(bucket.asked(1, "x-amz-storage-class: COLD"));
  EXPECT_TRUE(bucket.asked(3, "?partNumber=2&uploadId=7%26x HTTP/1.1\r\n"));
  EXPECT_TRUE(
      bucket.asked(4, "<PartNumber>2</PartNumber><ETag>\"" + hex(hash_of<Md5>("x")) + "\""));
  EXPECT_TRUE(bucket.asked(6, "?uploadId=7%26x HTTP/1.1\r\n"));
}

TEST(S3Scripted, AnEndWhoseAnswerWasLostIsFoundByItsObject) {
  auto size = std::to_string(large().size());
  Bucket bucket({kNothing, kBegun, kSent, kSent, error_of("404 Not Found", "NoSuchUpload"),
                 "HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n"});
  EXPECT_TRUE(put(*bucket.store, large()));
}

TEST(S3Scripted, AnUploadThatSomebodyAbortedMayBeTriedAgain) {
  Bucket bucket({kNothing, kBegun, error_of("404 Not Found", "NoSuchUpload"),
                 error_of("404 Not Found", "NoSuchUpload")});
  EXPECT_EQ(put(*bucket.store, large()).error().code, Errc::unavailable);
}

TEST(S3Scripted, AReaderGoesOnWhereItsConnectionBroke) {
  Bucket bucket({"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nETag: \"abc\"\r\n\r\nhello",
                 "HTTP/1.1 206 Partial Content\r\nContent-Length: 5\r\n"
                 "Content-Range: bytes 5-9/10\r\n\r\nwo",
                 answer_of("206 Partial Content\r\nContent-Range: bytes 7-9/10", "rld")});
  EXPECT_EQ(get(*bucket.store, kHello), "helloworld");
  EXPECT_TRUE(bucket.asked(1, "range: bytes=5-\r\n"));
  EXPECT_TRUE(bucket.asked(1, "if-match: \"abc\"\r\n"));
  EXPECT_TRUE(bucket.asked(2, "range: bytes=7-\r\n"));
}

TEST(S3Scripted, AReaderGivesUpOnAConnectionThatOnlyBreaks) {
  std::string cut = "HTTP/1.1 206 Partial Content\r\nContent-Length: 5\r\n";
  auto first = cut + "Content-Range: bytes 1-5/10\r\n\r\nx";
  auto later = cut + "Content-Range: bytes 2-5/10\r\n\r\n";
  Bucket bucket({first, later, later, later, later, later, later, later, later});
  auto bytes = get(*bucket.store, kHello, {.offset = 1, .length = 5});
  EXPECT_TRUE(bytes.starts_with("error: no whole answer")) << bytes;
}

TEST(S3Scripted, BytesOfAnotherRangeAreNotHandedOut) {
  Bucket bucket({answer_of("200 OK", "hello"),
                 answer_of("206 Partial Content\r\nContent-Range: bytes 1-3/5", "ell"),
                 answer_of("200 OK", "hello")});
  for (int i = 0; i < 2; i++)
    EXPECT_TRUE(get(*bucket.store, kHello, {.offset = 2}).starts_with("error: "));
  EXPECT_EQ(get(*bucket.store, kHello, {.length = 2}), "he");
}

std::string list_of(const std::string& items, const std::string& more = "true") {
  return answer_of("200 OK", "<R><IsTruncated>" + more + "</IsTruncated>" + items + "</R>");
}

std::string item(const std::string& object) {
  return "<Contents><Key>" + object + "</Key></Contents>";
}

TEST(S3Scripted, StrangersAreNotListed) {
  auto ours = item("our/" + key_text({kHello, 7}));
  Bucket bucket({list_of(item("our/0")), list_of(ours + item("our/x"), "false")});
  EXPECT_EQ(*bucket.store->list({}, 10), std::vector{Key(kHello, 7)});
  EXPECT_TRUE(bucket.asked(1, "start-after=our%2F0 "));
}

TEST(S3Scripted, AListThatMakesNoSenseIsAFailure) {
  for (auto& answer : {answer_of("200 OK", "<R>"), answer_of("200 OK"), list_of(""),
                       list_of(item("our/5") + item("our/5")), list_of(item("our"))}) {
    Bucket bucket({answer, answer});
    EXPECT_EQ(bucket.store->list({}, 10).error().code, Errc::internal) << answer;
  }
  Bucket bucket({list_of("<NextKeyMarker>our/5</NextKeyMarker>")});
  EXPECT_EQ(bucket.store->unfinished().error().code, Errc::internal);
}

TEST(S3Scripted, ABucketThatIsNotThereIsUnavailable) {
  Scratch scratch;
  auto keys = scratch.file("keys", "ACCESS\nsecret\n");
  ::chmod(keys.c_str(), 0600);
  std::string url;
  { url = ScriptedServer({}).url(); }
  auto store =
      S3Store::open({.endpoint = url, .bucket = "things", .path_style = true, .keys_file = keys});
  EXPECT_EQ((*store)->get(kHello, {}).error().code, Errc::unavailable);
}

}  // namespace
}  // namespace coffer
