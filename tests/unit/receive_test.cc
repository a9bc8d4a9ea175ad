#include "http/receive.h"

#include <gtest/gtest.h>

namespace coffer {
namespace {

Result<Request> receive_all(std::vector<const char*> parameters) {
  parameters.push_back(nullptr);
  return receive(parameters.data());
}

TEST(Receive, MakesARequestOfItsParameters) {
  auto request =
      receive_all({"REQUEST_METHOD=PUT", "PATH_INFO=/upload", "SCRIPT_NAME=/file",
                   "REQUEST_URI=/file/upload?a=%20b", "QUERY_STRING=a=%20b&a=c", "REMOTE_ADDR=::1",
                   "HTTPS=on", "CONTENT_TYPE=text/plain", "CONTENT_LENGTH=12", "HTTP_IF_MATCH=*",
                   "HTTP_COOKIE=x=1; junk; y=2", "SERVER_NAME=coffer"});
  ASSERT_TRUE(request);
  EXPECT_EQ(request->method, "PUT");
  EXPECT_EQ(request->path, "/file/upload");
  EXPECT_EQ(request->uri, "/file/upload?a=%20b");
  EXPECT_EQ(request->query.all("a"), (std::vector<std::string_view>{" b", "c"}));
  EXPECT_EQ(request->remote, "::1");
  EXPECT_TRUE(request->tls);
  EXPECT_EQ(request->headers.value("content-type"), "text/plain");
  EXPECT_EQ(request->headers.value("if-match"), "*");
  EXPECT_EQ(request->cookies.value("y"), "2");
  EXPECT_EQ(request->length, 12u);
}

TEST(Receive, OfNothingIsAnEmptyRequest) {
  auto request = receive_all({});
  ASSERT_TRUE(request);
  EXPECT_EQ(request->headers.size(), 0u);
  EXPECT_FALSE(request->length);
  EXPECT_FALSE(request->tls);
}

TEST(Receive, AHeaderThatCameTwiceIsRefused) {
  EXPECT_EQ(receive_all({"HTTP_UPLOAD_OFFSET=5", "HTTP_UPLOAD_OFFSET=9"}).error().code,
            Errc::invalid_argument);
  EXPECT_FALSE(receive_all({"HTTP_COOKIE=a=1", "HTTP_HOST=x", "HTTP_COOKIE=a=1"}));
}

TEST(Receive, HyphenAndUnderscoreAreOneHeaderAndSoCameTwice) {
  EXPECT_FALSE(receive_all({"HTTP_X-A=1", "HTTP_X_A=2"}));
  EXPECT_FALSE(receive_all({"HTTP_X_A=1", "HTTP_x-a=2"}));
  EXPECT_TRUE(receive_all({"HTTP_X_A=1", "HTTP_XA=2"}));
}

TEST(Receive, AContentLengthIsANumberOrTheRequestIsRefused) {
  for (auto length :
       {"CONTENT_LENGTH=-1", "CONTENT_LENGTH=+3", "CONTENT_LENGTH=0x3", "CONTENT_LENGTH= 5",
        "CONTENT_LENGTH=5 ", "CONTENT_LENGTH=5, 9", "CONTENT_LENGTH=5,5", "CONTENT_LENGTH=1e3",
        "CONTENT_LENGTH=5.0", "CONTENT_LENGTH=18446744073709551616"})
    EXPECT_EQ(receive_all({length}).error().code, Errc::invalid_argument) << length;
  EXPECT_EQ(receive_all({"CONTENT_LENGTH=0"})->length, 0u);
  EXPECT_EQ(receive_all({"CONTENT_LENGTH=18446744073709551615"})->length, UINT64_MAX);
  EXPECT_FALSE(receive_all({"CONTENT_LENGTH="})->length);
}

TEST(Receive, AHeaderCannotPassForTheContentLength) {
  auto request =
      receive_all({"CONTENT_LENGTH=5", "HTTP_CONTENT_LENGTH=9", "HTTP_Content_Length=7"});
  ASSERT_TRUE(request);
  EXPECT_EQ(request->length, 5u);
  EXPECT_FALSE(request->headers.has("content-length"));
}

TEST(Receive, APercentSignThatTheServerHasMendedIsRefusedAllTheSame) {
  EXPECT_EQ(receive_all({"REQUEST_URI=/a?b=%zz", "QUERY_STRING=b=%25zz"}).error().code,
            Errc::invalid_argument);
  EXPECT_FALSE(receive_all({"REQUEST_URI=/a%?b", "QUERY_STRING=b"}));
  EXPECT_TRUE(receive_all({"REQUEST_URI=/a?b=%25zz", "QUERY_STRING=b=%25zz"}));
}

TEST(Receive, AMalformedQueryIsRefusedAndAMalformedCookieIsNot) {
  EXPECT_FALSE(receive_all({"QUERY_STRING=a=%"}));
  EXPECT_FALSE(receive_all({"QUERY_STRING=a=%ff"}));
  EXPECT_TRUE(receive_all({"HTTP_COOKIE=;=;;%"}));
}

}  // namespace
}  // namespace coffer
