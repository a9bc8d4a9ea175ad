#include "http/form.h"

#include <gtest/gtest.h>

namespace coffer {
namespace {

// "name=value;" for each.
std::string text_of(const Fields& fields) {
  std::string text;
  for (const auto& [name, value] : fields) text += name + "=" + value + ";";
  return text;
}

Request post(const std::string& type, const std::string& body) {
  Request request{.method = "POST", .headers = {{"content-type", type}}};
  request.length = body.size();
  request.body = std::make_unique<StringSource>(body);
  return request;
}

Errc refusal(const std::string& type, const std::string& body) {
  auto request = post(type, body);
  auto fields = read_form(request);
  EXPECT_FALSE(fields) << body.substr(0, 60);
  return fields ? Errc::internal : fields.error().code;
}

const std::string kUrlencoded = "application/x-www-form-urlencoded";
const std::string kMultipart = "multipart/form-data; boundary=b";

TEST(Query, FieldsAreDecodedAndStayInOrder) {
  EXPECT_EQ(text_of(*parse_query("b=%E8%AE%B0+x&a=1&a=%2B%26%3D")), "b=记 x;a=1;a=+&=;");
  EXPECT_EQ(text_of(*parse_query("a=&b==c")), "a=;b==c;");
  EXPECT_EQ(parse_query("name=a;b=c.txt&x;y=1")->value("name"), "a;b=c.txt");
  EXPECT_TRUE(parse_query("name=a;b=c.txt&x;y=1")->has("x;y"));
  EXPECT_EQ(parse_query("")->size(), 0u);
}

TEST(Query, APercentSignWithoutTwoHexDigitsIsRefused) {
  for (auto query : {"a=%", "a=%1", "a=%zz", "a=%%41", "%=1", "a=%-1", "a=%+1"})
    EXPECT_EQ(parse_query(query).error().code, Errc::invalid_argument) << query;
}

TEST(Query, TextThatIsNotUtf8IsRefused) {
  for (auto query : {"a=%ff", "%c0%80=1", "a=%ed%a0%80", "a=\xff", "a=%e8%ae", "a=%f4%90%80%80"})
    EXPECT_EQ(parse_query(query).error().code, Errc::invalid_argument) << query;
}

TEST(Query, ANulCutsNothingOff) {
  EXPECT_EQ(parse_query("a=1%002")->value("a"), std::string_view("1\0"
                                                                 "2",
                                                                 3));
  EXPECT_FALSE(parse_query("a%00b=1")->has("a"));
}

TEST(Query, TenThousandFieldsAreTheMost) {
  std::string query = "a=1";
  for (std::size_t i = 1; i < kMostFields; i++) query += "&a=1";
  EXPECT_EQ(parse_query(query)->size(), kMostFields);
  EXPECT_EQ(parse_query(query + "&a=1").error().code, Errc::too_large);
}

TEST(Cookies, AreReadAsTheyWereSet) {
  EXPECT_EQ(text_of(parse_cookies("x=1; y=a=b; z=%41")), "x=1;y=a=b;z=%41;");
  EXPECT_EQ(parse_cookies("").size(), 0u);
}

TEST(Cookies, WhatIsMalformedIsLeftOutAndTheRestIsRead) {
  EXPECT_EQ(text_of(parse_cookies("x=1; junk; y=2")), "x=1;y=2;");
  EXPECT_EQ(text_of(parse_cookies("; ;x=1;;y=2;")), "x=1;y=2;");
  EXPECT_EQ(parse_cookies("junk").size(), 0u);
}

TEST(Form, IsReadUrlencodedOrAsMultipart) {
  auto urlencoded = post(kUrlencoded + "; charset=utf-8", "a=1&b=%20");
  EXPECT_EQ(text_of(*read_form(urlencoded)), "a=1;b= ;");
  auto multipart = post(kMultipart,
                        "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1&2\r\n"
                        "--b\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\n\r\n--b--\r\n");
  EXPECT_EQ(text_of(*read_form(multipart)), "a=1&2;b=;");
}

TEST(Form, WithoutABodyHasNoFields) {
  auto request = post("", "");
  EXPECT_EQ(read_form(request)->size(), 0u);
}

TEST(Form, OfAnotherKindIsRefused) {
  EXPECT_EQ(refusal("application/json", "{}"), Errc::unsupported);
  EXPECT_EQ(refusal("", "a=1"), Errc::unsupported);
  EXPECT_EQ(refusal(kUrlencoded + "x", "a=1"), Errc::unsupported);
}

TEST(Form, WithAFileInItIsRefused) {
  EXPECT_EQ(refusal(kMultipart,
                    "--b\r\nContent-Disposition: form-data; name=a; filename=x\r\n\r\n\r\n--b--"),
            Errc::unsupported);
}

TEST(Form, OfMultipartThatIsNotUtf8IsRefused) {
  EXPECT_EQ(
      refusal(kMultipart, "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n\xff\r\n--b--"),
      Errc::invalid_argument);
}

TEST(Form, OfMoreThanAMegabyteIsRefusedWhateverLengthItClaims) {
  std::string body = "a=" + std::string(kMostFormBytes, 'x');
  EXPECT_EQ(refusal(kUrlencoded, body), Errc::too_large);
  auto silent = post(kUrlencoded, body);
  silent.length.reset();
  EXPECT_EQ(read_form(silent).error().code, Errc::too_large);
}

}  // namespace
}  // namespace coffer
