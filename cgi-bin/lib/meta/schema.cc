#include "meta/schema.h"

#include <fstream>
#include <iterator>

#include "base/text.h"

namespace coffer {
namespace {

constexpr char kMakeMigration[] =
    "CREATE TABLE IF NOT EXISTS migration ("
    " number INT UNSIGNED NOT NULL PRIMARY KEY,"
    " applied BIGINT UNSIGNED NOT NULL)";
constexpr char kLastMigration[] = "SELECT COALESCE(MAX(number), 0) FROM migration";
constexpr char kAddMigration[] =
    "INSERT INTO migration (number, applied) VALUES (?, UNIX_TIMESTAMP(NOW(3)) * 1000)";
constexpr char kOneAtATime[] = "SELECT GET_LOCK('coffer.migrate', 60)";
constexpr char kDone[] = "DO RELEASE_LOCK('coffer.migrate')";
constexpr char kSettings[] =
    "SELECT @@GLOBAL.sync_binlog = 1 OR NOT @@GLOBAL.log_bin,"
    " @@GLOBAL.innodb_flush_log_at_trx_commit = 1, NOT @@GLOBAL.local_infile";

Result<unsigned> last_migration(Connection& db) {
  unsigned last = 0;
  auto found = db.query(kLastMigration, {},
                        [&](const Row& row) { last = static_cast<unsigned>(row.number(0)); });
  if (!found) return found.error();
  return last;
}

Result<std::string> read_migration(const std::filesystem::path& directory, unsigned number) {
  std::string prefix = std::to_string(number);
  prefix.insert(0, 3 - std::min<std::size_t>(3, prefix.size()), '0');
  std::error_code error;
  for (const auto& file : std::filesystem::directory_iterator(directory, error)) {
    auto name = file.path().filename().string();
    if (!name.starts_with(prefix + "-") || !name.ends_with(".sql")) continue;
    std::ifstream in(file.path());
    return std::string(std::istreambuf_iterator<char>(in), {});
  }
  return Error{Errc::internal, "no migration " + prefix + " in '" + directory.string() + "'"};
}

// Each statement ends with a semicolon at the end of a line; a line may end in a comment.
Result<> run_migration(Connection& db, const std::string& script) {
  std::string statement;
  std::size_t at = 0;
  while (at < script.size()) {
    auto end = std::min(script.find('\n', at), script.size());
    std::string line = script.substr(at, end - at);
    at = end + 1;
    line.erase(std::min(line.find("--"), line.size()));
    statement += line + "\n";
    if (!trim(line).ends_with(';')) continue;
    if (auto run = db.run_script(statement); !run) return run.error();
    statement.clear();
  }
  return {};
}

Result<unsigned> migrate_locked(Connection& db, const std::filesystem::path& directory) {
  if (auto made = db.run_script(kMakeMigration); !made) return made.error();
  auto last = last_migration(db);
  if (!last) return last.error();
  unsigned applied = 0;
  for (unsigned number = *last + 1; number <= kSchema; number++, applied++) {
    auto script = read_migration(directory, number);
    if (!script) return script.error();
    if (auto run = run_migration(db, *script); !run) return run.error();
    if (auto added = db.run(kAddMigration, {number}); !added) return added.error();
  }
  return applied;
}

}  // namespace

Result<unsigned> migrate(Connection& db, const std::filesystem::path& directory) {
  if (auto locked = db.query(kOneAtATime, {}, [](const Row&) {}); !locked) return locked.error();
  auto applied = migrate_locked(db, directory);
  if (auto done = db.run_script(kDone); !done) return done.error();
  return applied;
}

Result<> check_server(Connection& db) {
  bool durable = false, safe = false;
  auto asked = db.query(kSettings, {}, [&](const Row& row) {
    durable = row.number(0) && row.number(1);
    safe = row.number(2);
  });
  if (!asked) return asked.error();
  if (!durable)
    return Error{Errc::unavailable,
                 "the database may lose what it has committed: set sync_binlog=1 and "
                 "innodb_flush_log_at_trx_commit=1 (conf/mariadb.cnf)"};
  if (!safe)
    return Error{Errc::unavailable, "the database reads files for clients: set local_infile=0"};
  auto last = last_migration(db);
  if (!last) return last.error();
  if (*last != kSchema)
    return Error{Errc::unavailable, "the tables are of schema " + std::to_string(*last) +
                                        ", this program knows " + std::to_string(kSchema) +
                                        ": run 'coffer migrate'"};
  return {};
}

}  // namespace coffer
