// Config: coffer.conf (TOML), read once when a program starts. conf/coffer.conf explains
// every setting; what is left out has the value given there.

#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

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

/// A place for copies of blobs besides the local disk; what its kind does not need is empty.
struct StoreConfig {
  enum class Kind { file, s3, rados } kind = Kind::file;
  std::string prefix;       // before every object's key
  unsigned timeout_s = 30;  // of silence, before a request is given up

  std::filesystem::path directory;  // file

  std::string endpoint;  // s3
  std::string region = "us-east-1";
  std::string bucket;
  std::string storage_class;
  std::string acl = "private";
  std::string keys_file;
  std::string ca_file;
  bool path_style = false;
  unsigned redirect_s = 0;  // how long a link lives that readers are sent to; 0 for never

  std::string conf;  // rados
  std::string user = "coffer";
  std::string pool;
};

/// Which blobs get copies in other stores, and how long they stay here.
struct Tier {
  std::vector<std::string> stores;       // every one of them gets a copy
  std::uint64_t after_ms = 0;            // of not being touched
  std::uint64_t smallest = 0;            // bytes
  std::uint64_t largest = UINT64_MAX;    // bytes
  std::optional<std::uint64_t> keep_ms;  // before the local copy goes; or it never does
  std::uint64_t evict_below = 0;         // bytes; while fewer are free, the oldest copies go
  std::uint64_t linger_ms = 60'000;      // between the last reader of a local copy and its end
  unsigned transfers = 4;                // at a time
  bool recall = false;                   // what is read comes back
};

/// How often copies are looked at, and how fast.
struct Scrub {
  std::uint64_t local_ms = 7ull * 24 * 3600 * 1000;         // each local copy is read
  std::uint64_t remote_ms = 7ull * 24 * 3600 * 1000;        // each other one is asked about
  std::uint64_t remote_read_ms = 90ull * 24 * 3600 * 1000;  // and read
  std::uint64_t rate = 32ull << 20;                         // bytes per second
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

  // [upload]
  enum class Instant {
    off,
    user,
    instance
  } instant = Instant::user;  // whose bytes need no sending

  // [accounts]
  enum class Signup { closed, invited, open } signup = Signup::closed;

  // [sweeper]
  std::uint64_t grace_ms = 24ull * 3600 * 1000;       // before a blob nobody needs goes
  std::uint64_t trash_ms = 30ull * 24 * 3600 * 1000;  // before the trash empties itself

  std::uint64_t resume_ms = 7ull * 24 * 3600 * 1000;  // before an upload nobody goes on with goes
  std::uint64_t activity_ms = 365ull * 24 * 3600 * 1000;  // before what was done is forgotten

  // [stores.NAME], [tier], [scrub]
  std::map<std::string, StoreConfig, std::less<>> stores;
  Tier tier;
  Scrub scrub;

  // Where the templates and migrations are: $COFFER_ROOT, else the working directory.
  std::filesystem::path root;
};

/// Reads $COFFER_CONF, or else /etc/coffer/coffer.conf. Relative paths in it start at its
/// own folder. Errc::internal, with the line, for a setting that is unknown or of the wrong kind.
Result<Config> read_config();

}  // namespace coffer
