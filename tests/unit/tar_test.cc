#include "base/tar.h"

#include <gtest/gtest.h>

namespace coffer {
namespace {

TEST(Tar, AShortAsciiPathIsInOneBlock) {
  auto header = tar_header({.path = "a/b.txt", .size = 01234567, .modified = 1'000'000'999});
  ASSERT_EQ(header.size(), 512u);
  EXPECT_STREQ(header.c_str(), "a/b.txt");
  EXPECT_STREQ(&header[124], "00001234567");
  EXPECT_STREQ(&header[136], "00003641100");
  EXPECT_EQ(header[156], '0');
  EXPECT_EQ(header.substr(257, 8), std::string("ustar\00000", 8));
}

TEST(Tar, TheChecksumIsTheSumOfTheBlockWithItsOwnPlaceBlank) {
  auto header = tar_header({.path = "a", .size = 5, .modified = 0});
  auto said = std::stoul(header.substr(148, 6), nullptr, 8);
  header.replace(148, 8, 8, ' ');
  unsigned long sum = 0;
  for (unsigned char c : header) sum += c;
  EXPECT_EQ(said, sum);
}

TEST(Tar, AFolderIsOne) {
  auto header = tar_header({.path = "a/", .size = 0, .modified = 0});
  EXPECT_EQ(header[156], '5');
  EXPECT_STREQ(&header[100], "0000755");
}

TEST(Tar, WhatAHeaderCannotSayIsInAnExtendedOne) {
  std::string path(150, 'x');
  auto blocks = tar_header({.path = path, .size = 5, .modified = 0});
  ASSERT_EQ(blocks.size(), 3 * 512u);
  EXPECT_EQ(blocks[156], 'x');
  EXPECT_STREQ(&blocks[512], ("160 path=" + path + "\n").c_str());
  EXPECT_NE(tar_header({.path = "é", .size = 5, .modified = 0}).find("11 path=é\n"),
            std::string::npos);
  auto large = tar_header({.path = "a", .size = 1ull << 33, .modified = 0});
  EXPECT_NE(large.find("19 size=8589934592\n"), std::string::npos);
}

// The length counts itself, also where it gets a digit longer by that.
TEST(Tar, TheLengthOfAnExtendedRecordCountsItself) {
  for (std::size_t length = 101; length < 1010; length++) {
    auto blocks = tar_header({.path = std::string(length, 'x'), .size = 0, .modified = 0});
    auto said = std::stoul(blocks.substr(512));
    EXPECT_EQ(blocks.substr(512, said),
              std::to_string(said) + " path=" + std::string(length, 'x') + "\n");
  }
}

TEST(Tar, FilesAreFilledUpToWholeBlocks) {
  EXPECT_EQ(tar_padding(0), "");
  EXPECT_EQ(tar_padding(1), std::string(511, '\0'));
  EXPECT_EQ(tar_padding(512), "");
  EXPECT_EQ(tar_padding(5ull << 40), "");
  EXPECT_EQ(tar_end(), std::string(1024, '\0'));
}

}  // namespace
}  // namespace coffer
