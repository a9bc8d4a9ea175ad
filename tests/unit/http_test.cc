#include <gtest/gtest.h>

#include "base/text.h"
#include "digest/digester.h"
#include "http/condition.h"
#include "http/digest_field.h"
#include "http/form.h"
#include "http/receive.h"

namespace coffer {
namespace {

TEST(Receive, AHeaderThatCameTwiceIsRefused) {
  const char* twice[] = {"HTTP_UPLOAD_OFFSET=5", "HTTP_UPLOAD_OFFSET=9", nullptr};
  EXPECT_FALSE(receive(twice));
  const char* once[] = {"REQUEST_METHOD=PUT",
                        "SCRIPT_NAME=/file",
                        "PATH_INFO=/upload",
                        "QUERY_STRING=a=%20b&a=c",
                        "HTTP_IF_MATCH=*",
                        "CONTENT_LENGTH=12",
                        "HTTP_COOKIE=x=1; junk; y=2",
                        nullptr};
  auto request = receive(once);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->path, "/file/upload");
  EXPECT_EQ(request->query.all("a"), (std::vector<std::string_view>{" b", "c"}));
  EXPECT_EQ(request->headers.value("if-match"), "*");
  EXPECT_EQ(*request->length, 12u);
  EXPECT_EQ(request->cookies.value("y"), "2");
}

TEST(Receive, ALengthThatIsNoNumberIsRefused) {
  for (auto length : {"CONTENT_LENGTH=-1", "CONTENT_LENGTH=+3", "CONTENT_LENGTH=0x3",
                      "CONTENT_LENGTH=5, 9", "CONTENT_LENGTH=18446744073709551616"}) {
    const char* parameters[] = {length, nullptr};
    EXPECT_FALSE(receive(parameters)) << length;
  }
}

TEST(Form, BadEncodingsAndTooManyFieldsAreRefused) {
  for (auto query : {"a=%", "a=%zz", "a=%ff", "%c0=1"}) EXPECT_FALSE(parse_query(query)) << query;
  EXPECT_EQ(parse_query(std::string(kMostFields, '&')).error().code, Errc::too_large);
  EXPECT_EQ(parse_query("a=1&b=%E8%AE%B0+x")->value("b"), "记 x");
}

TEST(DigestField, WhatIsDeclaredIsEnforced) {
  Digester digester;
  digester.update("hello");
  auto digests = digester.finish();
  auto right = "sha-256=:" + base64(digests.sha256) + ":, md5=:" + base64(digests.md5) + ":";
  auto declared = declared_in_headers({{"repr-digest", right}});
  ASSERT_TRUE(declared);
  EXPECT_EQ(declared->size(), 2u);
  EXPECT_TRUE(check_declared(*declared, digests));
  digests.md5[0] ^= 1;
  EXPECT_EQ(check_declared(*declared, digests).error().code, Errc::mismatch);
  for (auto wrong : {"", "sha-256", "sha-256=abc", "sha-256=:AAAA:", "sha-512=:AAAA:", "md5=::"})
    EXPECT_FALSE(declared_in_headers({{"content-digest", wrong}})) << wrong;
  EXPECT_TRUE(declared_in_headers({{"repr-digest", right + ", sha-512=:AAAA:"}}));
}

TEST(DigestField, TheWantedDigestIsGiven) {
  Digests digests;
  EXPECT_TRUE(repr_digest(digests, "").starts_with("sha-256=:"));
  EXPECT_TRUE(repr_digest(digests, "md5=3, sha-256=1").starts_with("md5=:"));
  EXPECT_EQ(repr_digest(digests, "md5=0"), "");
  EXPECT_EQ(repr_digest(digests, "sha-512=10"), "");
}

TEST(Condition, TagsAreComparedStrongly) {
  Sha256 sha256{};
  sha256[0] = 0xab;
  auto etag = etag_of(sha256);
  EXPECT_TRUE(parse_tags("\"x\", " + etag)->match(sha256));
  EXPECT_TRUE(parse_tags("*")->match(sha256));
  EXPECT_FALSE(parse_tags("W/" + etag)->match(sha256));
  EXPECT_FALSE(parse_tags("unquoted"));
}

}  // namespace
}  // namespace coffer
