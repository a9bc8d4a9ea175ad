#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "blob/s3.h"
#include "blob/s3_upload.h"
#include "unit/scratch.h"

namespace coffer {
namespace {

S3Options options() { return {.endpoint = "https://s3.example", .bucket = "things"}; }

TEST(S3Options, GiveUrlsOfEitherStyle) {
  auto address = address_of(options());
  EXPECT_EQ(address->origin, "https://things.s3.example");
  EXPECT_EQ(address->host, "things.s3.example");
  EXPECT_EQ(address->root, "/");

  auto path_style = options();
  path_style.endpoint = "http://[::1]:7501";
  path_style.path_style = true;
  address = address_of(path_style);
  EXPECT_EQ(address->origin, "http://[::1]:7501");
  EXPECT_EQ(address->host, "[::1]:7501");
  EXPECT_EQ(address->root, "/things/");
}

TEST(S3Options, TheUsualPortIsNotSaid) {
  for (auto endpoint : {"https://S3.Example:443", "https://s3.example"}) {
    auto usual = options();
    usual.endpoint = endpoint;
    EXPECT_EQ(address_of(usual)->host, "things.s3.example");
  }
}

TEST(S3Options, WhatIsWrongInThemIsRefused) {
  auto refused = [](auto change) {
    auto wrong = options();
    change(wrong);
    return !address_of(wrong);
  };
  for (auto endpoint : {"", "s3.example", "ftp://s3.example", "https://", "https://a/",
                        "https://a/b", "https://me@a", "https://a:0", "https://a:65536",
                        "https://a:", "https://a:b", "https://a?b", "https://a b", "https://[::1",
                        "https://[]", "https://[::1]x", "https://[", "http://a\r\nb"})
    EXPECT_TRUE(refused([&](auto& wrong) { wrong.endpoint = endpoint; })) << endpoint;
  for (auto bucket : {"", "ab", "-ab", "ab-", "a..b", "a/b", "Things", "a b", "a?b"})
    EXPECT_TRUE(refused([&](auto& wrong) { wrong.bucket = bucket; })) << bucket;
  EXPECT_TRUE(refused([](auto& wrong) { wrong.region = ""; }));
  EXPECT_TRUE(refused([](auto& wrong) { wrong.prefix = "/a"; }));
  EXPECT_TRUE(refused([](auto& wrong) { wrong.prefix = std::string(901, 'a'); }));
  EXPECT_TRUE(refused([](auto& wrong) { wrong.storage_class = "A\r\nB: c"; }));
  EXPECT_TRUE(refused([](auto& wrong) { wrong.part_size = 1; }));
  EXPECT_TRUE(refused([](auto& wrong) { wrong.parts_at_a_time = 0; }));
}

TEST(S3Keys, AreTheFirstTwoLinesOfAFileThatIsOurs) {
  Scratch scratch;
  auto file = scratch.file("keys", " ACCESS\r\nsecret/+=\nmore\n");
  ::chmod(file.c_str(), 0600);
  auto keys = read_access_keys(file);
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->access, "ACCESS");
  EXPECT_EQ(keys->secret, "secret/+=");
  for (mode_t mode : {0640u, 0604u, 0660u}) {
    ::chmod(file.c_str(), mode);
    EXPECT_FALSE(read_access_keys(file)) << mode;
  }
}

TEST(S3Keys, MustBeThere) {
  Scratch scratch;
  for (auto text :
       {"", "ACCESS", "ACCESS\n", "\nsecret\n", "AC CESS\nsecret\n", "ACC\x01\nsecret"}) {
    auto file = scratch.file("keys", text);
    ::chmod(file.c_str(), 0600);
    EXPECT_EQ(read_access_keys(file).error().code, Errc::internal) << text;
  }
  EXPECT_EQ(read_access_keys(scratch.path() / "none").error().code, Errc::internal);
}

TEST(S3Keys, AreThoseOfTheEnvironmentWithoutAFile) {
  ::unsetenv("AWS_ACCESS_KEY_ID");
  EXPECT_FALSE(read_access_keys(""));
  ::setenv("AWS_ACCESS_KEY_ID", "ACCESS", 1);
  ::setenv("AWS_SECRET_ACCESS_KEY", "secret", 1);
  ::setenv("AWS_SESSION_TOKEN", "token", 1);
  EXPECT_EQ(read_access_keys("")->session_token, "token");

  auto store = S3Store::open(options());
  ASSERT_TRUE(store);
  auto url =
      (*store)->presign(Sha256{}, std::chrono::seconds(60), "inline; filename=\"a b\"", "x/y");
  EXPECT_TRUE(url.starts_with("https://things.s3.example/" + std::string(64, '0') + "?X-Amz-"));
  EXPECT_NE(url.find("response-content-disposition=inline%3B%20filename%3D%22a%20b%22"), url.npos);
  EXPECT_NE(url.find("X-Amz-Security-Token=token"), url.npos);
  for (auto name : {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"})
    ::unsetenv(name);
}

TEST(S3Upload, TenThousandPartsAreEnoughForAnySize) {
  constexpr std::uint64_t kMiB = 1 << 20, kWanted = 16 * kMiB;
  EXPECT_EQ(part_size_for(0, kWanted), kWanted);
  EXPECT_EQ(part_size_for(10'000 * kWanted, kWanted), kWanted);
  EXPECT_EQ(part_size_for(10'000 * kWanted + 1, kWanted), kWanted + kMiB);
  EXPECT_EQ(part_size_for(std::uint64_t{5} << 40, kWanted), 525 * kMiB);
}

}  // namespace
}  // namespace coffer
