#include "coffer/bulk.h"

#include <gtest/gtest.h>

namespace coffer {
namespace {

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
