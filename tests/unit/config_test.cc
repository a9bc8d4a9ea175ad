#include "base/config.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include "unit/scratch.h"

namespace coffer {
namespace {

class ConfigTest : public testing::Test {
 protected:
  Result<Config> read(const std::string& text) {
    auto path = scratch_.file("coffer.conf", text);
    ::setenv("COFFER_CONF", path.c_str(), 1);
    auto config = read_config();
    ::unsetenv("COFFER_CONF");
    return config;
  }

  Scratch scratch_;
};

TEST_F(ConfigTest, PathsStartAtTheFilesOwnFolder) {
  auto config = read("[database]\nsocket = \"db/db.sock\"\ntls_ca = \"/etc/ca.pem\"\n");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->database.socket, scratch_.path() / "db/db.sock");
  EXPECT_EQ(config->database.tls_ca, "/etc/ca.pem");
  EXPECT_EQ(config->store, scratch_.path() / "store");
  EXPECT_FALSE(config->replica);
}

TEST_F(ConfigTest, APasswordIsInAFileOfItsOwn) {
  scratch_.file("password", "s3cret\nanother line\n");
  auto config = read("[database]\npassword_file = \"password\"\n");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->database.password, "s3cret");
}

TEST_F(ConfigTest, AReplicaHasTheAccountOfTheFirstAndAnAddressOfItsOwn) {
  auto config = read(
      "[database]\nsocket = \"a\"\nhost = \"one\"\nuser = \"u\"\npassword = \"p\"\nname = \"n\"\n"
      "tls_ca = \"/ca\"\n[replica]\nhost = \"two\"\nport = 7\nuser = \"r\"\npassword = \"q\"\n"
      "admin = \"root\"\n");
  ASSERT_TRUE(config) << config.error().message;
  ASSERT_TRUE(config->replica);
  EXPECT_EQ(config->replica->socket, "");
  EXPECT_EQ(config->replica->host, "two");
  EXPECT_EQ(config->replica->port, 7u);
  EXPECT_EQ(config->replica->user, "u");
  EXPECT_EQ(config->replica->password, "p");
  EXPECT_EQ(config->replica->name, "n");
  EXPECT_EQ(config->replica->tls_ca, "/ca");
  EXPECT_EQ(config->replication.user, "r");
  EXPECT_EQ(config->replication.password, "q");
  EXPECT_EQ(config->replication.admin, "root");
}

TEST_F(ConfigTest, StoresHaveNamesAndTheTierNamesThem) {
  auto config = read(
      "[stores.oss]\nkind = \"s3\"\nendpoint = \"https://oss\"\nbucket = \"b\"\n"
      "keys_file = \"oss.keys\"\npath_style = true\nredirect_seconds = 60\n"
      "[stores.shelf]\nkind = \"file\"\ndirectory = \"shelf\"\n"
      "[stores.pool]\nkind = \"rados\"\nconf = \"/etc/ceph.conf\"\npool = \"p\"\n"
      "timeout_seconds = 5\n"
      "[tier]\nstores = [\"oss\", \"shelf\"]\nkeep_days = 30\nlargest = 7\nrecall = true\n"
      "[scrub]\nlocal_days = 1\n");
  ASSERT_TRUE(config) << config.error().message;
  ASSERT_EQ(config->stores.size(), 3u);
  const auto& oss = config->stores.at("oss");
  EXPECT_EQ(oss.kind, StoreConfig::Kind::s3);
  EXPECT_EQ(oss.endpoint, "https://oss");
  EXPECT_EQ(oss.keys_file, scratch_.path() / "oss.keys");
  EXPECT_TRUE(oss.path_style);
  EXPECT_EQ(oss.redirect_s, 60u);
  EXPECT_EQ(config->stores.at("shelf").directory, scratch_.path() / "shelf");
  EXPECT_EQ(config->stores.at("pool").timeout_s, 5u);
  EXPECT_EQ(config->tier.stores, (std::vector<std::string>{"oss", "shelf"}));
  EXPECT_EQ(config->tier.keep_ms, 30ull * 24 * 3600 * 1000);
  EXPECT_EQ(config->tier.largest, 7u);
  EXPECT_TRUE(config->tier.recall);
  EXPECT_EQ(config->scrub.local_ms, 24ull * 3600 * 1000);
}

TEST_F(ConfigTest, LocalCopiesStayUnlessItSaysHowLong) {
  auto config = read("");
  ASSERT_TRUE(config);
  EXPECT_TRUE(config->stores.empty());
  EXPECT_TRUE(config->tier.stores.empty());
  EXPECT_FALSE(config->tier.keep_ms);
}

TEST_F(ConfigTest, WhatIsWrongIsRefusedByName) {
  struct {
    const char* text;
    const char* complaint;
  } const wrong[] = {
      {"[database]\nsockt = \"db\"\n", "database.sockt is not a setting"},
      {"[database]\nport = \"3306\"\n", "database.port must be a whole number"},
      {"[database]\nport = -1\n", "database.port must be a whole number"},
      {"[database]\nsocket = 7\n", "database.socket must be a string"},
      {"[database]\npassword_file = \"none\"\n", "there is no secret in"},
      {"[replica]\nname = \"other\"\n", "replica.name is not a setting"},
      {"[replica]\nadmin_password_file = 1\n", "replica.admin_password_file must be a string"},
      {"[accounts]\nsignup = \"anybody\"\n", "accounts.signup must be"},
      {"[upload]\ninstant = \"all\"\n", "upload.instant must be"},
      {"[stores.a]\nkind = \"ftp\"\n", "stores.a.kind must be file, s3 or rados"},
      {"[stores.a]\n", "stores.a.kind must be"},
      {"[stores.a]\nkind = \"file\"\nbucket = \"b\"\n", "stores.a.bucket is not a setting"},
      {"[stores.a]\nkind = \"s3\"\nredirect_seconds = 61\n", "redirect_seconds is 60 at most"},
      {"[stores.a]\nkind = \"s3\"\npath_style = 1\n", "path_style must be true or false"},
      {"[stores.local]\nkind = \"file\"\n", "stores.local is no store"},
      {"[stores]\na = 1\n", "stores.a is no store"},
      {"[tier]\nstores = [\"a\"]\n", "there is no [stores.a]"},
      {"[tier]\nstores = \"a\"\n", "tier.stores must be a list of strings"},
      {"[tier]\ntransfers = 0\n", "tier.transfers is 1 to 64"},
      {"[scrub]\nrate = 0\n", "scrub.rate must be more than nothing"},
      {"[stor]\n", "stor is not a section"},
      {"[database\n", "coffer.conf:1: "},
  };
  for (const auto& [text, complaint] : wrong) {
    auto config = read(text);
    ASSERT_FALSE(config) << text;
    EXPECT_NE(config.error().message.find(complaint), std::string::npos) << config.error().message;
  }
}

}  // namespace
}  // namespace coffer
