#include "base/name.h"

#include <gtest/gtest.h>

namespace coffer {
namespace {

TEST(FileName, HostileNamesAreRefused) {
  const std::string long_name(256, 'n');
  for (std::string name : {"",       ".",       "..",           "../x",     "a/b",      "a\\b",
                           "/",      "x ",      " x",           "x.",       "a\nb",     "a\x1b[1m",
                           "a\x7f",  "\xff",    "\xed\xa0\x80", "\xc0\xaf", "a\u202eb", "a\u2066b",
                           "\u0085", "a\ufeff", "\U0010ffff"})
    EXPECT_FALSE(file_name(name)) << name;
  EXPECT_FALSE(file_name(std::string("a\0b", 3)));
  EXPECT_FALSE(file_name(long_name));
}

TEST(FileName, WhatPeopleCallTheirFilesIsFine) {
  for (std::string name : {"a", ".htaccess", "-rf", "CON", "报告 (最终).pdf", "😀", "a'b\"c",
                           "{{x}}", "=cmd()", "<img src=x>"})
    EXPECT_EQ(*file_name(name), name);
  EXPECT_TRUE(file_name(std::string(255, 'n')));
}

TEST(FileName, TextThatIsNotUtf8IsRefused) {
  for (std::string name : {"\x80", "\xc3", "a\xe2\x82", "\xe0\x80\xaf", "\xf0\x80\x80\xaf",
                           "\xed\xbf\xbf", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xfe"}) {
    EXPECT_FALSE(is_utf8(name));
    EXPECT_EQ(file_name(name).error().code, Errc::invalid_argument);
  }
}

TEST(FileName, EveryControlAndDirectionCharacterIsRefused) {
  for (char c = 0; c < 32; c++) EXPECT_FALSE(file_name(std::string("a") + c + "b")) << int(c);
  for (std::string name : {"\u0080", "\u009f", "\u200e", "\u200f", "\u061c", "\u2028", "\u2029",
                           "\u202a", "\u202e", "\u2066", "\u2069", "\uffff"})
    EXPECT_FALSE(file_name("a" + name + "b")) << name;
}

TEST(FileName, TheLimitIs255BytesAfterNormalisation) {
  std::string decomposed;
  for (int i = 0; i < 127; i++) decomposed += "e\u0301";
  EXPECT_EQ(file_name(decomposed)->size(), 254u);
  EXPECT_FALSE(file_name(decomposed + "e\u0301"));
  EXPECT_FALSE(file_name(std::string(100'000, 'n')));
}

TEST(FileName, BothWaysOfWritingAnAccentAreOneNameAndCasesAreTwo) {
  EXPECT_EQ(*file_name("e\u0301"), *file_name("\u00e9"));
  EXPECT_NE(*file_name("A"), *file_name("a"));
}

TEST(UserName, NamesThatLookAlikeAreOne) {
  EXPECT_EQ(*user_name_key("Ann"), *user_name_key("ann"));
  EXPECT_EQ(*user_name_key("\u00c9va"), *user_name_key("e\u0301va"));
  EXPECT_NE(*user_name_key("ann"), *user_name_key("a.nn"));
  for (auto name : {"", ".", "-a", "a b", "a/b", "a\n", "\xff", "😀"})
    EXPECT_FALSE(user_name_key(name)) << name;
  EXPECT_FALSE(user_name_key(std::string(65, 'a')));
}

TEST(NumberedName, TheNumberGoesBeforeTheExtensionAndTheNameStillFits) {
  EXPECT_EQ(numbered_name("a.txt", 2), "a (2).txt");
  EXPECT_EQ(numbered_name(".profile", 3), ".profile (3)");
  EXPECT_EQ(numbered_name("a", 12), "a (12)");
  std::string greek;
  for (int i = 0; i < 125; i++) greek += "α";
  auto name = numbered_name(greek + ".txt", 2);
  EXPECT_LE(name.size(), 255u);
  EXPECT_TRUE(name.ends_with(" (2).txt"));
  EXPECT_TRUE(is_utf8(name));
}

TEST(NumberedName, EveryNumberFitsWhateverTheName) {
  for (std::string letter : {"n", "é", "记", "😀"})
    for (std::string end : {"", ".txt", ".123456789012345", ".an extension that is none"}) {
      std::string name;
      while (name.size() + letter.size() + end.size() <= 255) name += letter;
      for (unsigned number : {2u, 99u, 4294967295u}) {
        auto numbered = numbered_name(name + end, number);
        EXPECT_LE(numbered.size(), 255u) << numbered;
        EXPECT_EQ(*file_name(numbered), numbered);
        EXPECT_EQ(numbered.ends_with(")" + end), end.size() <= 16) << numbered;
      }
    }
}

using Names = std::vector<std::string>;

TEST(NamesIn, APathIsItsNames) {
  auto names = [](std::string_view path) { return *names_in(path); };
  EXPECT_EQ(names("a"), Names({"a"}));
  EXPECT_EQ(names("a/b/c.txt"), Names({"a", "b", "c.txt"}));
  EXPECT_EQ(names("a/b/"), Names({"a", "b"}));
  EXPECT_EQ(names("./a/b"), Names({"a", "b"}));
  EXPECT_EQ(names("./"), Names());
  EXPECT_EQ(names("."), Names());
  EXPECT_EQ(names("e\u0301/x"), Names({"é", "x"}));
  EXPECT_EQ(names(".a/..b"), Names({".a", "..b"}));
}

TEST(NamesIn, WhatLeadsElsewhereIsRefused) {
  for (auto path : {"/a", "//a", "..", "../a", "a/..", "a/../b", "a/./b", "a//b", "a//", ".//a",
                    "./..", "a\\b", "a/b.", "a/ b", "a /b", "a\nb", "a/b\xff"}) {
    auto names = names_in(path);
    ASSERT_FALSE(names) << path;
    EXPECT_EQ(names.error().code, Errc::invalid_argument) << path;
  }
  EXPECT_FALSE(names_in(std::string_view("a\0b", 3)));
}

TEST(NamesIn, APathHasItsLimits) {
  std::string deep;
  for (int i = 0; i < 64; i++) deep += "d/";
  EXPECT_EQ(names_in(deep + "a")->size(), 65u);
  EXPECT_FALSE(names_in("d/" + deep + "a"));
  std::string name(255, 'n');
  EXPECT_TRUE(names_in(name));
  EXPECT_FALSE(names_in(name + "n"));
  std::string path = name;
  while (path.size() < 4096) path += '/' + name;
  EXPECT_FALSE(names_in(path));
}

}  // namespace
}  // namespace coffer
