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
