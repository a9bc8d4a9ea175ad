#include "base/media_type.h"

#include <gtest/gtest.h>

#include <string>

namespace coffer {
namespace {

using namespace std::string_view_literals;

TEST(MediaType, TheFirstBytesSayWhatAFileIs) {
  struct {
    std::string_view head, name;
  } files[] = {{"\xff\xd8\xff\xe0", "image/jpeg"},
               {"\x89PNG\r\n\x1a\n\0"sv, "image/png"},
               {"GIF87a..", "image/gif"},
               {"GIF89a..", "image/gif"},
               {"II*\0...."sv, "image/tiff"},
               {"MM\0*...."sv, "image/tiff"},
               {"RIFF\0\1\2\3WEBPVP8 "sv, "image/webp"},
               {"\0\0\0\x1c"
                "ftypavif"sv,
                "image/avif"},
               {"\0\0\0\x1c"
                "ftypheic"sv,
                "image/heic"},
               {"%PDF-1.7\n", "application/pdf"},
               {"RIFF\0\1\2\3WAVEfmt "sv, "audio/wav"},
               {"ID3\4\0"sv, "audio/mpeg"},
               {"\xff\xfb\x90\x64", "audio/mpeg"},
               {"fLaC\0"sv, "audio/flac"},
               {"OggS\0\2..............................OpusHead"sv, "audio/ogg"},
               {"OggS\0\2......................\x80theora"sv, "video/ogg"},
               {"\0\0\0\x18"
                "ftypM4A "sv,
                "audio/mp4"},
               {"\0\0\0\x18"
                "ftypisom"sv,
                "video/mp4"},
               {"\0\0\0\x14"
                "ftypqt  "sv,
                "video/quicktime"},
               {"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm"sv, "video/webm"},
               {"\x1a\x45\xdf\xa3\xa3\x42\x82\x88matroska"sv, "video/x-matroska"}};
  for (const auto& file : files) EXPECT_EQ(media_type(file.head).name, file.name);
}

TEST(MediaType, WhatABrowserWouldRunIsText) {
  for (auto head :
       {"<!doctype html><script>1</script>", "<svg onload='1'/>", "<?xml version='1.0'?>",
        "\ufeff<html>", "<!--%PDF-1.7-->", "GIF88a=1;alert(1)", "%!PS", "\n\t\r"})
    EXPECT_EQ(media_type(head).name, "text/plain; charset=utf-8") << head;
}

TEST(MediaType, WhatIsNotKnownIsNothing) {
  for (auto head : {""sv, "\0"sv, "a\0b"sv, "caf\xe9"sv, "\xff\xfe<\0"sv, "PK\3\4"sv,
                    "\x7f"
                    "ELF"sv,
                    "\x1b[2J"sv, "RIFF\0\0\0\0AVI "sv,
                    "<\0\0\x18"
                    "ftypisom"sv,
                    "\0\0\0\x18"
                    "ftyp"sv,
                    "\0\0\0\x18"
                    "ftypxxxx"sv,
                    "\x1a\x45\xdf\xa3"sv})
    EXPECT_EQ(media_type(head).kind, MediaKind::none) << head;
}

TEST(MediaType, ATextMayBeCutInTheMiddleOfACharacter) {
  for (std::string last : {"é", "记", "😀"})
    for (std::size_t kept = 1; kept < last.size(); kept++) {
      std::string head(kMediaHead - kept, 'x');
      EXPECT_EQ(media_type(head + last.substr(0, kept)).kind, MediaKind::text);
      EXPECT_EQ(whole_characters(head + last.substr(0, kept)), head);
      EXPECT_EQ(media_type("short" + last.substr(0, kept)).kind, MediaKind::none);
    }
}

TEST(MediaType, WholeCharactersStay) {
  for (std::string text : {"", "x", "é", "x记", "😀"}) EXPECT_EQ(whole_characters(text), text);
}

}  // namespace
}  // namespace coffer
