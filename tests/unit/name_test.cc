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

}  // namespace
}  // namespace coffer
