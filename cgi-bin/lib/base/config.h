// Config: coffer.conf (TOML), read once when a program starts. conf/coffer.conf explains
// every setting; what is left out has the value given there.

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/result.h"

namespace coffer {

/// Where a database server is, and who asks there. The programs take the socket where there is
/// one; the other of two servers always takes host and port.
struct DatabaseAddress {
  std::string socket;
  std::string host;
  unsigned port = 3306;
  std::string tls_ca;  // what a host's certificate is checked with; no host without it
  std::string user;
  std::string password;
  std::string name = "coffer";  // of the database
};

/// Who copies one server's changes to the other, and who may say which is which.
struct Replication {
  std::string user = "replication";
  std::string password;
  std::string admin;
  std::string admin_password;
};

struct Config {
  // [database]
  DatabaseAddress database;
  unsigned connections = 8;

  // [replica]
  std::optional<DatabaseAddress> replica;
  Replication replication;

  // [store]
  std::filesystem::path store = "store";   // blobs and staging; one disk
  std::uint64_t keep_free = 256ull << 20;  // bytes of the disk that uploads leave alone

  // [limits]
  std::uint64_t upload = 1ull << 50;  // the largest file, in bytes
  std::uint64_t quota = 1ull << 50;   // of a new user, in bytes
  unsigned threads = 128;             // requests at a time, in each program

  // [accounts]
  enum class Signup { closed, invited, open } signup = Signup::closed;

  // [sweeper]
  std::uint64_t grace_ms = 24ull * 3600 * 1000;       // before a blob nobody needs goes
  std::uint64_t trash_ms = 30ull * 24 * 3600 * 1000;  // before the trash empties itself

  std::uint64_t activity_ms = 365ull * 24 * 3600 * 1000;  // before what was done is forgotten

  // Where the templates and migrations are: $COFFER_ROOT, else the working directory.
  std::filesystem::path root;
};

/// Reads $COFFER_CONF, or else /etc/coffer/coffer.conf. Relative paths in it start at its
/// own folder. Errc::internal, with the line, for a setting that is unknown or of the wrong kind.
Result<Config> read_config();

}  // namespace coffer
