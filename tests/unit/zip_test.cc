#include "base/zip.h"

#include <gtest/gtest.h>

namespace coffer {
namespace {

constexpr std::uint64_t k4GiB = 1ull << 32;

std::uint64_t number(const std::string& record, std::size_t at, int bytes) {
  std::uint64_t value = 0;
  for (int i = bytes; i-- > 0;) value = value << 8 | static_cast<unsigned char>(record[at + i]);
  return value;
}

TEST(Zip, AMemberIsStoredUnderItsUtf8Name) {
  auto record = zip_local_header({.path = "é.txt", .size = 5, .crc32 = 0x3610a686});
  EXPECT_EQ(record.size(), 30u + 6);
  EXPECT_EQ(record.substr(0, 4), "PK\3\4");
  EXPECT_EQ(number(record, 6, 2), 1u << 11);
  EXPECT_EQ(number(record, 8, 2), 0u);
  EXPECT_EQ(number(record, 14, 4), 0x3610a686u);
  EXPECT_EQ(number(record, 18, 4), 5u);
  EXPECT_EQ(number(record, 22, 4), 5u);
  EXPECT_EQ(record.substr(30), "é.txt");
}

TEST(Zip, SizesFrom4GiBOnAreInTheZip64Field) {
  EXPECT_EQ(zip_local_header({.path = "a", .size = k4GiB - 2}).size(), 31u);
  for (auto size : {k4GiB - 1, k4GiB, 5 * k4GiB}) {
    auto record = zip_local_header({.path = "a", .size = size});
    EXPECT_EQ(number(record, 18, 4), 0xffffffffu);
    EXPECT_EQ(number(record, 28, 2), 20u);
    EXPECT_EQ(number(record, 31, 2), 1u);
    EXPECT_EQ(number(record, 33, 2), 16u);
    EXPECT_EQ(number(record, 35, 8), size);
    EXPECT_EQ(number(record, 43, 8), size);
  }
}

TEST(Zip, AnOffsetBeyond4GiBIsInTheZip64FieldByItself) {
  auto record = zip_central_header({.path = "a", .size = 7, .offset = 3 * k4GiB});
  EXPECT_EQ(number(record, 20, 4), 7u);
  EXPECT_EQ(number(record, 42, 4), 0xffffffffu);
  EXPECT_EQ(number(record, 30, 2), 12u);
  EXPECT_EQ(number(record, 51, 8), 3 * k4GiB);
}

TEST(Zip, AFolderIsOneForUnix) {
  EXPECT_EQ(number(zip_central_header({.path = "a/"}), 38, 4) >> 16, 040755u);
  EXPECT_EQ(number(zip_central_header({.path = "a"}), 38, 4) >> 16, 0100644u);
}

TEST(Zip, TimesAreThoseOfDosAndStayInItsRange) {
  EXPECT_EQ(number(zip_local_header({.path = "a", .modified = 1'763'890'259'999}), 10, 4),
            (45u << 9 | 11u << 5 | 23u) << 16 | 9u << 11 | 30u << 5 | 29u);
  EXPECT_EQ(number(zip_local_header({.path = "a", .modified = 0}), 12, 2), 1u << 5 | 1u);
}

TEST(Zip, TheEndSaysWhereTheDirectoryIs) {
  auto record = zip_end(2, 100, 90);
  EXPECT_EQ(record.size(), 22u);
  EXPECT_EQ(number(record, 10, 2), 2u);
  EXPECT_EQ(number(record, 12, 4), 90u);
  EXPECT_EQ(number(record, 16, 4), 100u);
}

TEST(Zip, WhatDoesNotFitTheEndIsInAZip64EndBeforeIt) {
  struct Case {
    std::uint64_t count, offset, size;
  };
  for (auto [count, offset, size] : {Case{65535, 9, 9}, Case{9, k4GiB - 1, 9}, Case{9, 9, k4GiB}}) {
    auto record = zip_end(count, offset, size);
    ASSERT_EQ(record.size(), 56u + 20 + 22);
    EXPECT_EQ(number(record, 32, 8), count);
    EXPECT_EQ(number(record, 40, 8), size);
    EXPECT_EQ(number(record, 48, 8), offset);
    EXPECT_EQ(number(record, 56 + 8, 8), offset + size);
  }
}

}  // namespace
}  // namespace coffer
