#include "base/config.h"

#include <toml++/toml.h>

#include <cstdlib>
#include <fstream>
#include <limits>

namespace coffer {
namespace {

constexpr std::uint64_t kHourMs = 3600ull * 1000;

std::string environment(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value && *value ? value : otherwise;
}

// Takes settings out of a table one by one, so that what is left at the end is unknown.
class Section {
 public:
  Section(toml::table& file, std::string name) : name_(std::move(name)) {
    if (auto table = file[name_].as_table()) table_ = *table;
    file.erase(name_);
  }

  void take(const char* key, std::string& out) {
    if (auto value = table_[key].value<std::string>())
      out = *value;
    else if (table_.contains(key))
      wrong(key, "a string");
    table_.erase(key);
  }

  template <std::unsigned_integral Number>
  void take(const char* key, Number& out, std::uint64_t unit = 1) {
    auto value = table_[key].value_exact<std::int64_t>();
    auto most = std::numeric_limits<Number>::max() / unit;
    if (value && *value >= 0 && static_cast<std::uint64_t>(*value) <= most)
      out = static_cast<Number>(static_cast<std::uint64_t>(*value) * unit);
    else if (table_.contains(key))
      wrong(key, "a whole number");
    table_.erase(key);
  }

  /// A path, which starts at `folder` if it does not start at the root.
  void take_path(const char* key, const std::filesystem::path& folder, std::string& out) {
    take(key, out);
    if (!out.empty()) out = folder / out;
  }

  /// `key`, or the first line of the file that `key`_file names.
  void take_secret(const std::string& key, const std::filesystem::path& folder, std::string& out) {
    take(key.c_str(), out);
    std::string file;
    take_path((key + "_file").c_str(), folder, file);
    if (file.empty()) return;
    std::ifstream in(file);
    if (!std::getline(in, out)) complaint_ = "there is no secret in '" + file + "'";
  }

  Result<> finish() {
    if (complaint_.empty() && !table_.empty())
      complaint_ = name_ + "." + std::string(table_.begin()->first.str()) + " is not a setting";
    if (complaint_.empty()) return {};
    return Error{Errc::internal, complaint_};
  }

 private:
  void wrong(const char* key, const char* kind) {
    complaint_ = name_ + "." + key + " must be " + kind;
  }

  std::string name_;
  toml::table table_;
  std::string complaint_;
};

void take_server(Section& section, const std::filesystem::path& folder, DatabaseAddress& server) {
  section.take_path("socket", folder, server.socket);
  section.take("host", server.host);
  section.take("port", server.port);
  section.take_path("tls_ca", folder, server.tls_ca);
}

Result<> read_databases(toml::table& file, const std::filesystem::path& folder, Config& config) {
  Section database(file, "database");
  take_server(database, folder, config.database);
  database.take("user", config.database.user);
  database.take_secret("password", folder, config.database.password);
  database.take("name", config.database.name);
  database.take("connections", config.connections);
  if (auto fine = database.finish(); !fine) return fine;

  if (!file.contains("replica")) return {};
  // The account is the same, and so is the authority unless it says otherwise.
  config.replica = config.database;
  config.replica->socket = config.replica->host = "";
  Section replica(file, "replica");
  take_server(replica, folder, *config.replica);
  auto& replication = config.replication;
  replica.take("user", replication.user);
  replica.take_secret("password", folder, replication.password);
  replica.take("admin", replication.admin);
  replica.take_secret("admin_password", folder, replication.admin_password);
  return replica.finish();
}

Result<> read_sections(toml::table& file, const std::filesystem::path& folder, Config& config) {
  if (auto fine = read_databases(file, folder, config); !fine) return fine;

  Section store(file, "store");
  std::string directory = config.store.string();
  store.take("directory", directory);
  config.store = folder / directory;
  store.take("keep_free", config.keep_free);
  if (auto fine = store.finish(); !fine) return fine;

  Section limits(file, "limits");
  limits.take("upload", config.upload);
  limits.take("quota", config.quota);
  limits.take("threads", config.threads);
  if (auto fine = limits.finish(); !fine) return fine;

  Section accounts(file, "accounts");
  std::string signup = "closed";
  accounts.take("signup", signup);
  if (auto fine = accounts.finish(); !fine) return fine;
  if (signup != "closed" && signup != "invited" && signup != "open")
    return Error{Errc::internal, "accounts.signup must be closed, invited or open"};
  config.signup = signup == "closed"    ? Config::Signup::closed
                  : signup == "invited" ? Config::Signup::invited
                                        : Config::Signup::open;

  Section sweeper(file, "sweeper");
  sweeper.take("grace_hours", config.grace_ms, kHourMs);
  sweeper.take("trash_days", config.trash_ms, 24 * kHourMs);
  sweeper.take("activity_days", config.activity_ms, 24 * kHourMs);
  if (auto fine = sweeper.finish(); !fine) return fine;

  if (!file.empty())
    return Error{Errc::internal, std::string(file.begin()->first.str()) + " is not a section"};
  return {};
}

}  // namespace

Result<Config> read_config() {
  std::filesystem::path path = environment("COFFER_CONF", "/etc/coffer/coffer.conf");
  Config config;
  config.root = environment("COFFER_ROOT", ".");
  toml::table file;
  try {
    file = toml::parse_file(path.string());
  } catch (const toml::parse_error& error) {
    return Error{Errc::internal, path.string() + ":" + std::to_string(error.source().begin.line) +
                                     ": " + std::string(error.description())};
  }
  std::error_code ignored;
  auto folder = std::filesystem::absolute(path, ignored).parent_path();
  if (auto read = read_sections(file, folder, config); !read)
    return Error{Errc::internal, path.string() + ": " + read.error().message};
  return config;
}

}  // namespace coffer
