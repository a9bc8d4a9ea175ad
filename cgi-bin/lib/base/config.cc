#include "base/config.h"

#include <toml++/toml.h>

#include <cstdlib>
#include <fstream>
#include <limits>

namespace coffer {
namespace {

constexpr std::uint64_t kHourMs = 3600ull * 1000;
constexpr std::uint64_t kDayMs = 24 * kHourMs;

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
  Section(std::string name, const toml::table& table) : name_(std::move(name)), table_(table) {}

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

  void take(const char* key, bool& out) {
    if (auto value = table_[key].value_exact<bool>())
      out = *value;
    else if (table_.contains(key))
      wrong(key, "true or false");
    table_.erase(key);
  }

  void take(const char* key, std::vector<std::string>& out) {
    auto list = table_[key].as_array();
    if (list && (list->empty() || list->is_homogeneous<std::string>()))
      for (auto& value : *list) out.push_back(*value.value<std::string>());
    else if (table_.contains(key))
      wrong(key, "a list of strings");
    table_.erase(key);
  }

  bool has(const char* key) const { return table_.contains(key); }

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

  void wrong(const char* key, const char* kind) {
    complaint_ = name_ + "." + key + " must be " + kind;
  }

  Result<> finish() {
    if (complaint_.empty() && !table_.empty())
      complaint_ = name_ + "." + std::string(table_.begin()->first.str()) + " is not a setting";
    if (complaint_.empty()) return {};
    return Error{Errc::internal, complaint_};
  }

 private:
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

Result<StoreConfig> read_store(Section section, const std::filesystem::path& folder) {
  StoreConfig store;
  std::string kind, directory;
  section.take("kind", kind);
  section.take("prefix", store.prefix);
  section.take("timeout_seconds", store.timeout_s);
  if (kind == "file") {
    section.take_path("directory", folder, directory);
    store.directory = directory;
  } else if (kind == "s3") {
    store.kind = StoreConfig::Kind::s3;
    section.take("endpoint", store.endpoint);
    section.take("region", store.region);
    section.take("bucket", store.bucket);
    section.take("storage_class", store.storage_class);
    section.take("acl", store.acl);
    section.take_path("keys_file", folder, store.keys_file);
    section.take_path("ca_file", folder, store.ca_file);
    section.take("path_style", store.path_style);
    section.take("redirect_seconds", store.redirect_s);
  } else if (kind == "rados") {
    store.kind = StoreConfig::Kind::rados;
    section.take_path("conf", folder, store.conf);
    section.take("user", store.user);
    section.take("pool", store.pool);
  } else {
    section.wrong("kind", "file, s3 or rados");
  }
  if (auto fine = section.finish(); !fine) return fine.error();
  return store;
}

Result<> read_stores(toml::table& file, const std::filesystem::path& folder, Config& config) {
  if (auto stores = file["stores"].as_table())
    for (auto& [key, value] : *stores) {
      std::string name(key.str());
      // The name is in every copy's row, and 'local' is that of the disk.
      if (!value.is_table() || name.empty() || name.size() > 64 || name == "local")
        return Error{Errc::internal, "stores." + name + " is no store"};
      auto store = read_store(Section("stores." + name, *value.as_table()), folder);
      if (!store) return store.error();
      if (store->redirect_s > 60)
        return Error{Errc::internal, "stores." + name + ".redirect_seconds is 60 at most"};
      config.stores.emplace(name, std::move(*store));
    }
  file.erase("stores");
  return {};
}

Result<> read_tier(toml::table& file, Config& config) {
  Section section(file, "tier");
  Tier& tier = config.tier;
  section.take("stores", tier.stores);
  section.take("after_hours", tier.after_ms, kHourMs);
  section.take("smallest", tier.smallest);
  section.take("largest", tier.largest);
  if (section.has("keep_days")) section.take("keep_days", tier.keep_ms.emplace(), kDayMs);
  section.take("evict_below", tier.evict_below);
  section.take("linger_seconds", tier.linger_ms, 1000);
  section.take("transfers", tier.transfers);
  section.take("recall", tier.recall);
  if (auto fine = section.finish(); !fine) return fine;
  if (tier.transfers < 1 || tier.transfers > 64)
    return Error{Errc::internal, "tier.transfers is 1 to 64"};
  for (const auto& name : tier.stores)
    if (!config.stores.contains(name))
      return Error{Errc::internal, "tier.stores: there is no [stores." + name + "]"};

  Section scrub(file, "scrub");
  scrub.take("local_days", config.scrub.local_ms, kDayMs);
  scrub.take("remote_days", config.scrub.remote_ms, kDayMs);
  scrub.take("remote_read_days", config.scrub.remote_read_ms, kDayMs);
  scrub.take("rate", config.scrub.rate);
  if (config.scrub.rate == 0) scrub.wrong("rate", "more than nothing");
  return scrub.finish();
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

  Section upload(file, "upload");
  std::string instant = "user";
  upload.take("instant", instant);
  if (auto fine = upload.finish(); !fine) return fine;
  if (instant != "off" && instant != "user" && instant != "instance")
    return Error{Errc::internal, "upload.instant must be off, user or instance"};
  config.instant = instant == "off"    ? Config::Instant::off
                   : instant == "user" ? Config::Instant::user
                                       : Config::Instant::instance;

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
  sweeper.take("trash_days", config.trash_ms, kDayMs);
  sweeper.take("resume_days", config.resume_ms, kDayMs);
  sweeper.take("activity_days", config.activity_ms, kDayMs);
  if (auto fine = sweeper.finish(); !fine) return fine;

  if (auto fine = read_stores(file, folder, config); !fine) return fine;
  if (auto fine = read_tier(file, config); !fine) return fine;

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
