#include "view/catalogue.h"

#include <gtest/gtest.h>

#include "unit/scratch.h"
#include "view/view.h"

namespace coffer {
namespace {

constexpr char kChinese[] =
    "Sign in\n登录\n\nThere is room for [left].\n还可以存放 [left]。\n\n"
    "'{}' is in '{}'\n“{}”在“{}”中\n\n{} file|{} files\n{} 个文件\n\nA & B\n甲 & 乙\n";

class InChinese : public testing::Test {
 protected:
  InChinese() { scratch_.file("zh-Hans.txt", kChinese); }

  Scratch scratch_;
  Views views_{scratch_.path()};
};

TEST_F(InChinese, WhatAPageSaysIsTranslatedAndValuesKeepTheirPlace) {
  scratch_.file("a.html", "<p>{{_ Sign in}}</p>{{_ There is room for [left].}}{{_ A & B}}");
  Data data("left", "<5 MB>");
  EXPECT_EQ(*views_.render(Language::chinese, "a.html", data),
            "<p>登录</p>还可以存放 &lt;5 MB&gt;。甲 &amp; 乙");
  EXPECT_EQ(*views_.render(Language::english, "a.html", data),
            "<p>Sign in</p>There is room for &lt;5 MB&gt;.A &amp; B");
}

TEST_F(InChinese, ValuesAreFilledInAndNeverRead) {
  EXPECT_EQ(views_.say(Language::chinese, "'{}' is in '{}'", {"{}", "b"}), "“{}”在“b”中");
  EXPECT_EQ(views_.say(Language::english, "'{}' is in '{}'", {"{}", "b"}), "'{}' is in 'b'");
}

TEST_F(InChinese, WhatTheCatalogueDoesNotHaveStaysEnglish) {
  EXPECT_EQ(views_.say(Language::chinese, "unheard of"), "unheard of");
}

TEST_F(InChinese, ACountHasTheFormsOfItsLanguage) {
  EXPECT_EQ(views_.say_count(Language::english, "{} file|{} files", 1), "1 file");
  EXPECT_EQ(views_.say_count(Language::english, "{} file|{} files", 0), "0 files");
  EXPECT_EQ(views_.say_count(Language::chinese, "{} file|{} files", 1), "1 个文件");
  EXPECT_EQ(views_.say_count(Language::chinese, "{} file|{} files", 2), "2 个文件");
}

TEST(Catalogue, AFileThatIsNotOfPairsIsRefused) {
  Scratch scratch;
  for (auto text : {"", "Sign in\n", "Sign in\n\n", "a\nb\nc\nd\n"}) {
    scratch.file("x.txt", text);
    EXPECT_FALSE(Catalogue::read(scratch.path() / "x.txt")) << text;
  }
  EXPECT_FALSE(Catalogue::read(scratch.path() / "none.txt"));
}

}  // namespace
}  // namespace coffer
