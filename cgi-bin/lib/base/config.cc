#include "base/config.h"

#include <toml++/toml.h>

#include <cstdlib>
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

Result<> read_sections(toml::table& file, Config& config) {
  Section database(file, "database");
  database.take("socket", config.socket);
  database.take("host", config.host);
  database.take("port", config.port);
  database.take("user", config.user);
  database.take("password", config.password);
  database.take("name", config.database);
  database.take("connections", config.connections);
  if (auto fine = database.finish(); !fine) return fine;

  Section store(file, "store");
  std::string directory = config.store.string();
  store.take("directory", directory);
  config.store = directory;
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
  if (auto read = read_sections(file, config); !read)
    return Error{Errc::internal, path.string() + ": " + read.error().message};
  std::error_code ignored;
  auto folder = std::filesystem::absolute(path, ignored).parent_path();
  config.store = folder / config.store;
  if (!config.socket.empty()) config.socket = (folder / config.socket).string();
  return config;
}

}  // namespace coffer
