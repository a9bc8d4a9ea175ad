// The signatures that Amazon publishes: those of S3 in "Authenticating Requests (AWS Signature
// Version 4)", the others in the Signature Version 4 test suite.

#include "blob/sigv4.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "digest/hash.h"

namespace coffer {
namespace {

const AccessKeys kS3Keys{.access = "AKIAIOSFODNN7EXAMPLE",
                         .secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"};
const SigningScope kS3Scope{.time_ms = 1'369'353'600'000, .region = "us-east-1"};
const std::string kOfNothing = hex(hash_of<Sha256>(""));

std::string signature_of(const std::string& authorization) {
  return authorization.substr(authorization.rfind('=') + 1);
}

Signable s3_request(std::string method, std::string path, Pairs headers, std::string payload) {
  Signable request{.method = method, .path = path, .payload = payload};
  request.headers = {{"x-amz-date", "20130524T000000Z"},
                     {"host", "examplebucket.s3.amazonaws.com"},
                     {"x-amz-content-sha256", payload}};
  request.headers.insert(request.headers.end(), headers.begin(), headers.end());
  return request;
}

TEST(SigV4, SignsARangeAsPublished) {
  auto request = s3_request("GET", "/test.txt", {{"range", "bytes=0-9"}}, kOfNothing);
  EXPECT_EQ(authorization(request, kS3Scope, kS3Keys),
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
            "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
            "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST(SigV4, SignsAnUploadAsPublished) {
  auto request = s3_request(
      "PUT", percent_encode_path("/test$file.text"),
      {{"date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
      hex(hash_of<Sha256>("Welcome to Amazon S3.")));
  EXPECT_EQ(signature_of(authorization(request, kS3Scope, kS3Keys)),
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
}

TEST(SigV4, SignsQueriesAsPublished) {
  auto lifecycle = s3_request("GET", "/", {}, kOfNothing);
  lifecycle.query = {{"lifecycle", ""}};
  EXPECT_EQ(signature_of(authorization(lifecycle, kS3Scope, kS3Keys)),
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
  auto list = s3_request("GET", "/", {}, kOfNothing);
  list.query = {{"prefix", "J"}, {"max-keys", "2"}};
  EXPECT_EQ(signature_of(authorization(list, kS3Scope, kS3Keys)),
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

TEST(SigV4, PresignsAsPublished) {
  Signable request{.method = "GET", .path = "/test.txt"};
  request.headers = {{"host", "examplebucket.s3.amazonaws.com"}};
  auto query = presigned_query(request, kS3Scope, kS3Keys, std::chrono::seconds(86400));
  EXPECT_EQ(signature_of(query),
            "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
  EXPECT_NE(query.find("X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2F"), query.npos);
}

// get-vanilla and get-vanilla-query-order-key-case.
TEST(SigV4, SignsForAnyServiceAsPublished) {
  AccessKeys keys{.access = "AKIDEXAMPLE", .secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"};
  SigningScope scope{.time_ms = 1'440'938'160'000, .region = "us-east-1", .service = "service"};
  Signable request{.method = "GET", .path = "/", .payload = kOfNothing};
  request.headers = {{"host", "example.amazonaws.com"}, {"x-amz-date", amz_time(scope.time_ms)}};
  EXPECT_EQ(signature_of(authorization(request, scope, keys)),
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
  request.query = {{"Param2", "value2"}, {"Param1", "value1"}};
  EXPECT_EQ(signature_of(authorization(request, scope, keys)),
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500");
}

TEST(SigV4, AQueryIsSortedAndEncodedAndHasAllItsEqualSigns) {
  EXPECT_EQ(canonical_query({{"uploads", ""}, {"prefix", "a/b c"}, {"X", "~-._"}}),
            "X=~-._&prefix=a%2Fb%20c&uploads=");
  EXPECT_EQ(canonical_query({}), "");
}

TEST(SigV4, ALentKeySaysItsToken) {
  auto keys = kS3Keys;
  keys.session_token = "a+b/c=";
  Signable request{.method = "GET", .path = "/test.txt", .headers = {{"host", "example.com"}}};
  auto query = presigned_query(request, kS3Scope, keys, std::chrono::seconds(60));
  EXPECT_NE(query.find("&X-Amz-Security-Token=a%2Bb%2Fc%3D&"), query.npos);
}

TEST(SigV4, NoUrlIsGoodForLongerThanAWeek) {
  Signable request{.method = "GET", .path = "/", .headers = {{"host", "example.com"}}};
  auto query = presigned_query(request, kS3Scope, kS3Keys, std::chrono::days(100));
  EXPECT_NE(query.find("&X-Amz-Expires=604800&"), query.npos);
}

}  // namespace
}  // namespace coffer
