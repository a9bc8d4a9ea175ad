#include "base/untar.h"

#include <gtest/gtest.h>

#include "base/tar.h"

namespace coffer {
namespace {

// What fills a header of a file of 5 bytes, called "a", in the fields that are given.
struct Header {
  std::string path = "a", size = "00000000005", prefix = "";
  char type = '0';
  std::string magic = std::string("ustar\00000", 8);

  std::string text() const {
    std::string block(512, '\0');
    put(block, 0, path);
    put(block, 124, size);
    block[156] = type;
    put(block, 257, magic);
    put(block, 345, prefix);
    return sealed(block);
  }

  static void put(std::string& block, std::size_t at, const std::string& text) {
    block.replace(at, text.size(), text);
  }
  static std::string sealed(std::string block) {
    block.replace(148, 8, 8, ' ');
    unsigned sum = 0;
    for (unsigned char c : block) sum += c;
    char text[8];
    std::snprintf(text, sizeof text, "%06o", sum);
    block.replace(148, 7, text, 7);
    return block;
  }
};

std::string filled(const std::string& bytes) { return bytes + tar_padding(bytes.size()); }

std::string extended(const std::string& records, char type = 'x') {
  char size[12];
  std::snprintf(size, sizeof size, "%011zo", records.size());
  return Header{.path = "pax", .size = size, .type = type}.text() + filled(records);
}

std::string long_name(const std::string& name) {
  char size[12];
  std::snprintf(size, sizeof size, "%011zo", name.size() + 1);
  return Header{.path = "././@LongLink", .size = size, .type = 'L'}.text() +
         filled(name + std::string(1, '\0'));
}

// Every member as a line "KIND PATH SIZE BYTES", and what is wrong at the end, if anything.
std::string told(const std::string& archive, std::size_t step = 1 << 20) {
  struct Pieces : Source {
    Pieces(const std::string& its_text, std::size_t its_step) : text(its_text), step(its_step) {}
    Result<std::size_t> read(std::span<char> buffer) override {
      auto n = text.copy(buffer.data(), std::min(step, buffer.size()), at);
      at += n;
      return n;
    }
    const std::string& text;
    std::size_t step, at = 0;
  } body(archive, step);
  Untar untar(body);
  std::string all;
  for (;;) {
    auto member = untar.next();
    if (!member) return all + member.error().message;
    if (!*member) return all;
    all += "fdpsu"[int((*member)->kind)];
    all += ' ' + (*member)->path + ' ' + std::to_string((*member)->size);
    auto bytes = read_all(untar, 1 << 20);
    if (!bytes) return all + '\n' + bytes.error().message;
    all += ' ' + *bytes + '\n';
    for (const auto& [key, value] : (*member)->records) all += "  " + key + '=' + value + '\n';
  }
}

constexpr char kCut[] = "the archive is damaged: it ends in the middle";
constexpr char kChecksum[] = "the archive is damaged: the checksum of a header";
constexpr char kSize[] = "the archive is damaged: a size";
constexpr char kRecord[] = "the archive is damaged: a record of an extended header";

const std::string kHello = filled("hello");
const std::string kFile = Header{}.text() + kHello;

TEST(Untar, GivesFilesAndFoldersInTheirOrder) {
  auto folder = Header{.path = "d/", .size = "00000000000", .type = '5'}.text();
  auto empty = Header{.path = "d/b", .size = "00000000000"}.text();
  EXPECT_EQ(told(folder + kFile + empty + tar_end()), "d d/ 0 \nf a 5 hello\nf d/b 0 \n");
  EXPECT_EQ(told(tar_end()), "");
}

TEST(Untar, GivesTheSameHoweverTheBytesCome) {
  auto archive = long_name(std::string(200, 'x')) + kFile + extended("9 size=3\n") + kFile + kFile;
  for (std::size_t step : {1, 511, 512, 513}) EXPECT_EQ(told(archive, step), told(archive));
}

TEST(Untar, PassesOverWhatNobodyReads) {
  auto archive = kFile + Header{.path = "b"}.text() + kHello + tar_end();
  StringSource body(archive);
  Untar untar(body);
  ASSERT_TRUE(untar.next());
  auto second = untar.next();
  ASSERT_TRUE(second && *second);
  EXPECT_EQ((*second)->path, "b");
  EXPECT_EQ(untar.offset(), 3 * 512u);
}

TEST(Untar, ReadsWhatOurOwnTarsAre) {
  std::string deep = std::string(150, 'x') + "/é";
  auto archive = tar_header({.path = deep, .size = 5, .modified = 1}) + kHello +
                 tar_header({.path = "d/", .size = 0, .modified = 1}) + tar_end();
  EXPECT_EQ(told(archive), "f " + deep + " 5 hello\nd d/ 0 \n");
}

TEST(Untar, JoinsThePrefixOfUstarAndNotWhatGnuHasInItsPlace) {
  EXPECT_EQ(told(Header{.prefix = "p/q"}.text() + kHello + tar_end()), "f p/q/a 5 hello\n");
  Header gnu{.prefix = "12345", .magic = std::string("ustar  \0", 8)};
  EXPECT_EQ(told(gnu.text() + kHello + tar_end()), "f a 5 hello\n");
  Header old{.prefix = "junk", .magic = std::string(8, '\0')};
  EXPECT_EQ(told(old.text() + kHello + tar_end()), "f a 5 hello\n");
}

TEST(Untar, APathMayFillItsField) {
  std::string path(100, 'x'), prefix(155, 'y');
  EXPECT_EQ(told(Header{.path = path, .prefix = prefix}.text() + kHello + tar_end()),
            "f " + prefix + '/' + path + " 5 hello\n");
}

TEST(Untar, ReadsGnusLongNames) {
  std::string name(5000, 'n');
  auto link = Header{.path = "././@LongLink", .type = 'K'}.text() + kHello;
  EXPECT_EQ(told(link + long_name(name) + kFile + kFile + tar_end()),
            "f " + name + " 5 hello\nf a 5 hello\n");
}

TEST(Untar, ExtendedHeadersSayPathAndSizeAndWhateverElse) {
  EXPECT_EQ(told(extended("11 path=é\n9 size=5\n10 a.b=c=\n") +
                 Header{.size = "00000000000"}.text() + kHello + kFile + tar_end()),
            "f é 5 hello\n  a.b=c=\nf a 5 hello\n");
}

TEST(Untar, AGlobalHeaderIsPassedOver) {
  EXPECT_EQ(told(extended("10 path=b\n", 'g') + kFile + tar_end()), "f a 5 hello\n");
}

TEST(Untar, ALaterExtendedHeaderReplacesOneBefore) {
  EXPECT_EQ(told(extended("6 a=b\n") + extended("6 c=d\n") + kFile + tar_end()),
            "f a 5 hello\n  c=d\n");
}

TEST(Untar, RecordsThatMakeNoSenseAreDamage) {
  for (auto record : {"x", "5 a=", "6 a=bc", "6 abc\n", "3 \n", "0 a=b\n", "99 a=b\n", " a=b\n",
                      "99999999999999999999 a=b\n", "-6 a=b\n", "6", "2 \n", "6 a=b\nx"})
    EXPECT_EQ(told(extended(record) + kFile), kRecord) << record;
  for (auto record : {"11 size=-5\n", "8 size=\n", "11 size=1x\n"})
    EXPECT_EQ(told(extended(record) + kFile), kSize) << record;
  EXPECT_EQ(told(extended("28 size=9999999999999999999\n") + kFile), kSize);
}

TEST(Untar, WhatIsNotAFileHasNoBytes) {
  std::string all;
  for (char type : {'1', '2', '3', '4', '6'}) all += Header{.type = type}.text();
  EXPECT_EQ(told(all + kFile + tar_end()), "p a 0 \np a 0 \np a 0 \np a 0 \np a 0 \nf a 5 hello\n");
}

TEST(Untar, ATypeThatNobodyKnowsIsPassedOverWithItsBytes) {
  EXPECT_EQ(told(Header{.type = 'V'}.text() + kHello + kFile + tar_end()),
            "u a 5 hello\nf a 5 hello\n");
  EXPECT_EQ(told(Header{.type = '7'}.text() + kHello + tar_end()), "f a 5 hello\n");
  EXPECT_EQ(told(Header{.type = '\0'}.text() + kHello + tar_end()), "f a 5 hello\n");
  EXPECT_EQ(told(Header{.path = "d/", .size = "0", .type = '\0'}.text() + tar_end()), "d d/ 0 \n");
}

TEST(Untar, FilesWithHolesAreKnownInEitherForm) {
  EXPECT_EQ(told(extended("22 GNU.sparse.major=1\n") + kFile + tar_end()),
            "s a 5 hello\n  GNU.sparse.major=1\n");
  auto block = Header{.type = 'S', .magic = std::string("ustar  \0", 8)}.text();
  block[482] = 1;
  std::string more(512, '\0'), last(512, '\0');
  more[504] = 1;
  auto archive = Header::sealed(block) + more + last + kHello + kFile + tar_end();
  EXPECT_EQ(told(archive), "s a 5 hello\nf a 5 hello\n");
  EXPECT_EQ(told(Header::sealed(block) + more), kCut);
}

TEST(Untar, EveryByteOfAHeaderIsUnderItsChecksum) {
  for (std::size_t at = 0; at < 512; at++) {
    if (at >= 154 && at < 156) continue;  // what ends the checksum's digits
    auto archive = kFile + tar_end();
    archive[at] = static_cast<char>(archive[at] ^ 0x11);
    EXPECT_EQ(told(archive), kChecksum) << at;
  }
}

TEST(Untar, AChecksumOfSignedBytesIsOneToo) {
  auto block = Header{.path = "\xc3\xa9"}.text();
  block.replace(148, 8, 8, ' ');
  int sum = 0;
  for (signed char c : block) sum += c;
  char text[8];
  std::snprintf(text, sizeof text, "%06o", unsigned(sum));
  block.replace(148, 7, text, 7);
  EXPECT_EQ(told(block + kHello + tar_end()), "f é 5 hello\n");
}

TEST(Untar, AnArchiveThatIsCutAnywhereIsDamaged) {
  auto archive = extended("6 a=b\n") + long_name("b") + kFile + kFile;
  for (std::size_t size = 0; size <= archive.size(); size++) {
    auto said = told(archive.substr(0, size));
    EXPECT_TRUE(said.ends_with(kCut)) << size << said;
  }
  EXPECT_FALSE(told(archive + std::string(512, '\0')).ends_with(kCut));
}

TEST(Untar, SizesAreOctalOrBinary) {
  auto read = [](const std::string& size) {
    return told(Header{.size = size}.text() + kHello + tar_end());
  };
  for (auto size : {"5", "    5", "5           ", "000000000005", "00000000005 "})
    EXPECT_EQ(read(size), "f a 5 hello\n") << size;
  auto binary = std::string("\x80", 1) + std::string(10, '\0') + "\5";
  EXPECT_EQ(read(binary), "f a 5 hello\n");
}

TEST(Untar, SizesThatMakeNoSenseAreDamage) {
  auto read = [](const std::string& size) { return told(Header{.size = size}.text() + kHello); };
  for (auto size : {"-5", "8", "5x", "0x5", "+5"}) EXPECT_EQ(read(size), kSize) << size;
  EXPECT_EQ(read(std::string(12, '\xff')), kSize);                          // -1
  EXPECT_EQ(read("\x80" + std::string(11, '\xff')), kSize);                 // 2^88 - 1
  EXPECT_EQ(read(std::string("\x80\0\0\0\x80\0\0\0\0\0\0\0", 12)), kSize);  // 2^63
}

// A size that is possible, and of which there is not that much.
TEST(Untar, ALargeSizeIsNotBelieved) {
  EXPECT_EQ(told(Header{.size = "777777777777"}.text() + kHello),
            "f a 68719476735\n" + std::string(kCut));
  EXPECT_EQ(told(extended("28 size=4000000000000000000\n") + kFile),
            "f a 4000000000000000000\n" + std::string(kCut));
}

TEST(Untar, AnExtendedHeaderHasItsLimit) {
  auto text = "the archive is damaged: a path or extended header is too long";
  EXPECT_EQ(told(Header{.size = "00000200001", .type = 'x'}.text()), text);
  EXPECT_EQ(told(Header{.size = "77777777777", .type = 'L'}.text()), text);
}

}  // namespace
}  // namespace coffer
