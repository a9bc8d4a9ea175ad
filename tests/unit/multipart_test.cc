#include "http/multipart.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace coffer {
namespace {

// Gives its bytes a few at a time, so that every delimiter is split somewhere.
class Trickle : public Source {
 public:
  Trickle(std::string text, std::size_t step) : text_(std::move(text)), step_(step) {}
  Result<std::size_t> read(std::span<char> buffer) override {
    auto n = text_.copy(buffer.data(), std::min(step_, buffer.size()), offset_);
    offset_ += n;
    return n;
  }

 private:
  std::string text_;
  std::size_t step_;
  std::size_t offset_ = 0;
};

// "name=value" or "name@file=value" for each part, or the error.
std::string parts_of(const std::string& form, std::size_t step = 1 << 16) {
  Trickle body(form, step);
  Multipart multipart(body, "b");
  std::string parts;
  for (;;) {
    auto part = multipart.next();
    if (!part) return part.error().message;
    if (!*part) return parts;
    parts += (*part)->name;
    if ((*part)->file_name) parts += "@" + *(*part)->file_name;
    auto value = read_all(multipart, 1 << 20);
    if (!value) return value.error().message;
    parts += "=" + *value + ";";
  }
}

std::string field(const std::string& disposition, const std::string& value) {
  return "--b\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + value + "\r\n";
}

TEST(Multipart, FieldsAndFilesComeInAnyOrderHoweverTheBytesAreSplit) {
  auto form = "preamble\r\n" + field("name=\"a\"", "1") +
              field("name=\"f\"; filename=\"x.txt\"", "\r\n--\r\n-b\r\n--c") +
              field("filename=\"\"; name=\"g\"", "") + field("name=c", "2") + "--b--\r\nepilogue";
  for (std::size_t step = 1; step < 80; step++)
    EXPECT_EQ(parts_of(form, step), "a=1;f@x.txt=\r\n--\r\n-b\r\n--c;g@=;c=2;") << step;
}

TEST(Multipart, FileNamesAreAsBrowsersSendThem) {
  auto name = [](const std::string& sent) {
    return parts_of(field("name=\"f\"; filename=\"" + sent + "\"", "") + "--b--");
  };
  EXPECT_EQ(name("a%22b.txt"), "f@a\"b.txt=;");
  EXPECT_EQ(name("a\\\"b.txt"), "f@a\"b.txt=;");
  EXPECT_EQ(name("C:\\dir\\x"), "f@C:\\dir\\x=;");
  EXPECT_EQ(name("%2e%2e%2fx"), "f@%2e%2e%2fx=;");
  EXPECT_EQ(name("a;b=c"), "f@a;b=c=;");
}

TEST(Multipart, WhatIsMalformedIsRefused) {
  const std::string forms[] = {
      "",
      "--b",
      field("name=a", "1"),
      field("name=a", "1") + "--b-",
      "--b\r\n\r\nx\r\n--b--",
      "--b junk\r\n\r\n\r\n--b--",
      "--b\r\nContent-Disposition: form-data; name=a\r\n"
      "Content-Disposition: form-data; name=b\r\n\r\n\r\n--b--",
      "--b\r\nX: " + std::string(20000, 'x') + "\r\n\r\n\r\n--b--",
  };
  for (const auto& form : forms)
    EXPECT_TRUE(parts_of(form).starts_with("the form is malformed")) << form.substr(0, 60);
}

TEST(Multipart, ABodyWithoutPartsHasNone) { EXPECT_EQ(parts_of("--b--"), ""); }

TEST(Multipart, EveryWayOfSplittingALineBreakFromItsDelimiterGivesTheSame) {
  auto form = field("name=f; filename=x", "\r\r\n\r\n-\r\n--\r\n--B\n--b\r--b\r") + "--b--";
  for (std::size_t step = 1; step <= form.size(); step++)
    EXPECT_EQ(parts_of(form, step), "f@x=\r\r\n\r\n-\r\n--\r\n--B\n--b\r--b\r;") << step;
}

TEST(Multipart, AFormThatEndsAnywhereInTheMiddleIsRefused) {
  auto form = field("name=a", "1") + field("name=f; filename=x", "22") + "--b--";
  for (std::size_t size = 0; size < form.size(); size++)
    for (std::size_t step : {std::size_t{1}, std::size_t{3}, form.size()})
      EXPECT_EQ(parts_of(form.substr(0, size), step),
                "the form is malformed: it ends in the middle")
          << size;
}

TEST(Multipart, APartLargerThanTheBufferComesWhole) {
  std::string bytes(3 * Multipart::kBufferSize + 1, '\n');
  auto form = field("name=f; filename=x", bytes) + field("name=a", "1") + "--b--";
  for (std::size_t step : {std::size_t{1} << 10, Multipart::kBufferSize, form.size()})
    EXPECT_EQ(parts_of(form, step), "f@x=" + bytes + ";a=1;") << step;
}

TEST(Multipart, WhatNobodyReadsIsPassedOver) {
  Trickle body(
      field("name=f; filename=x", std::string(500'000, 'x')) + field("name=a", "1") + "--b--",
      7000);
  Multipart multipart(body, "b");
  EXPECT_EQ((*multipart.next())->name, "f");
  EXPECT_EQ((*multipart.next())->name, "a");
  EXPECT_FALSE(*multipart.next());
  EXPECT_FALSE(*multipart.next());
}

TEST(Multipart, HeadersWithoutAnEndAreRefusedBeforeTheyFillTheBuffer) {
  auto form = "--b\r\nX: " + std::string(Multipart::kBufferSize, 'x');
  EXPECT_EQ(parts_of(form, 100), "the form is malformed: a part's headers are too long");
}

TEST(Multipart, HowLongHeadersMayBeDoesNotDependOnHowTheyCome) {
  for (std::size_t size : {8000u, 8190u, 8191u, 8192u, 8193u, 8194u, 8195u, 8196u, 9000u}) {
    std::string headers = "Content-Disposition: form-data; name=a\r\nX: ";
    headers.resize(size, 'x');
    auto form = "--b\r\n" + headers + "\r\n\r\n1\r\n--b--";
    EXPECT_EQ(parts_of(form, 1), parts_of(form)) << size;
    EXPECT_EQ(parts_of(form) == "a=1;", size <= 8190) << size;
  }
}

TEST(Multipart, HeadersAreReadInAnyCaseAndOrder) {
  EXPECT_EQ(parts_of("--b \t\r\nContent-Type: text/plain\r\ncontent-disposition:FORM-DATA; "
                     "Name=\"a\"; FILENAME=x\r\nX: y\r\n\r\n1\r\n--b--"),
            "a@x=1;");
}

TEST(Multipart, TheBoundaryIsReadFromTheContentType) {
  EXPECT_EQ(*multipart_boundary("multipart/form-data; boundary=abc"), "abc");
  EXPECT_EQ(*multipart_boundary("multipart/form-data; charset=x; boundary=\"a b\""), "a b");
  for (auto type : {"multipart/form-data", "multipart/form-data; boundary=", "x; boundary=\"\""})
    EXPECT_FALSE(multipart_boundary(type)) << type;
  EXPECT_FALSE(multipart_boundary("x; boundary=" + std::string(71, 'b')));
}

}  // namespace
}  // namespace coffer
