// coffer fsck - check the metadata against the disk, both ways
//
//   coffer fsck           every reference has its bytes, every count adds up, nothing is stray
//   coffer fsck --read    the same, and every byte is read and digested anew
//
// Prints a line for each thing that is wrong, and a summary. Exit 0 only if all is well, 1 if
// something is wrong, 2 if it could not look. Never changes or removes anything. Bytes that no
// row knows, rows that nobody refers to and what killed uploads leave are the sweeper's, and wrong
// only a day after it should have taken them. What changes while it looks may seem wrong; run it
// again, or while nobody uploads, to be sure. It takes its time: nothing of it is bound to seconds.
//
// What is in other stores `coffer reconcile` compares, and the scrubber reads.
//
// It shares no code with the programs that write: it asks the database and the disk itself.

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <iostream>
#include <set>
#include <string>
#include <vector>

#include "base/config.h"
#include "base/text.h"
#include "digest/digester.h"
#include "sql/database.h"

namespace {

using namespace coffer;

constexpr std::uint64_t kDayMs = 24ull * 3600 * 1000;

// What must be empty in every committed state: each row names, as text, one thing that is wrong.
struct Check {
  const char* what;
  const char* sql;
};
constexpr Check kChecks[] = {
    {"entry points at no blob, a doomed one, or one of another size",
     "SELECT CONCAT(e.id) FROM entry e LEFT JOIN `blob` b ON b.sha256 = e.sha256"
     " WHERE NOT e.folder AND (b.sha256 IS NULL OR b.doomed OR b.size <> e.size)"},
    {"version points at no blob, a doomed one, or one of another size",
     "SELECT CONCAT(v.id) FROM version v LEFT JOIN `blob` b ON b.sha256 = v.sha256"
     " WHERE b.sha256 IS NULL OR b.doomed OR b.size <> v.size"},
    {"folder has bytes of its own",
     "SELECT CONCAT(id) FROM entry WHERE folder AND (sha256 IS NOT NULL OR size <> 0)"},
    {"version belongs to no file",
     "SELECT CONCAT(v.id) FROM version v LEFT JOIN entry e ON e.id = v.entry"
     " WHERE e.id IS NULL OR e.folder"},
    {"entry is in no folder",
     "SELECT CONCAT(e.id) FROM entry e LEFT JOIN entry p ON p.id = e.parent AND p.owner = e.owner"
     " AND p.folder WHERE e.parent > 2 AND p.id IS NULL"},
    {"folder is reached from no root",
     "WITH RECURSIVE tree AS (SELECT owner, id FROM entry WHERE parent <= 2 AND folder"
     " UNION ALL SELECT e.owner, e.id FROM tree t JOIN entry e"
     " ON e.owner = t.owner AND e.parent = t.id AND e.folder)"
     " SELECT CONCAT(e.id) FROM entry e LEFT JOIN tree t ON t.id = e.id"
     " JOIN entry p ON p.id = e.parent WHERE e.folder AND t.id IS NULL"},
    {"entry is half in the trash",
     "SELECT CONCAT(id) FROM entry WHERE (parent IN (1, 2)) <> (trashed IS NOT NULL)"
     " OR (parent IN (1, 2)) <> (was_parent IS NOT NULL)"
     " OR (parent IN (1, 2)) <> (was_name IS NOT NULL)"},
    {"entry belongs to no user",
     "SELECT CONCAT(e.id) FROM entry e LEFT JOIN user u ON u.id = e.owner WHERE u.id IS NULL"},
    {"upload belongs to no user",
     "SELECT CONCAT(p.id) FROM upload p LEFT JOIN user u ON u.id = p.owner WHERE u.id IS NULL"},
    {"blob has a wrong count of references",
     "SELECT LOWER(HEX(b.sha256)) FROM `blob` b"
     " LEFT JOIN (SELECT sha256, COUNT(*) AS n FROM entry FORCE INDEX (by_blob)"
     " WHERE sha256 IS NOT NULL GROUP BY sha256) e ON e.sha256 = b.sha256"
     " LEFT JOIN (SELECT sha256, COUNT(*) AS n FROM version GROUP BY sha256) v"
     " ON v.sha256 = b.sha256 WHERE b.refs <> COALESCE(e.n, 0) + COALESCE(v.n, 0)"},
    {"blob that is referred to has no good copy",
     "SELECT LOWER(HEX(b.sha256)) FROM `blob` b LEFT JOIN copy c ON c.sha256 = b.sha256"
     " AND c.damaged IS NULL AND c.leaving IS NULL WHERE b.refs > 0 AND c.sha256 IS NULL"},
    {"copy is damaged",
     "SELECT CONCAT(LOWER(HEX(sha256)), ' in ', store) FROM copy WHERE damaged IS NOT NULL"},
    {"copy is of no blob",
     "SELECT LOWER(HEX(c.sha256)) FROM copy c LEFT JOIN `blob` b ON b.sha256 = c.sha256"
     " WHERE b.sha256 IS NULL"},
    {"user has a wrong count of used bytes",
     "SELECT CONCAT(u.id) FROM user u"
     " LEFT JOIN (SELECT owner, SUM(size) AS n FROM entry GROUP BY owner) e ON e.owner = u.id"
     " LEFT JOIN (SELECT e.owner, SUM(v.size) AS n FROM version v JOIN entry e ON e.id = v.entry"
     " GROUP BY e.owner) v ON v.owner = u.id"
     " WHERE u.used <> COALESCE(e.n, 0) + COALESCE(v.n, 0)"},
    {"upload in pieces has no room reserved, or of another size",
     "SELECT LOWER(HEX(r.token_hash)) FROM resumable r LEFT JOIN upload p ON p.id = r.upload"
     " AND p.owner = r.owner AND p.size = r.size AND p.staging = ''"
     " WHERE r.entry IS NULL AND p.id IS NULL"},
    {"room is reserved for no upload in pieces",
     "SELECT CONCAT(p.id) FROM upload p LEFT JOIN resumable r ON r.upload = p.id"
     " WHERE p.staging = '' AND r.upload IS NULL"},
    {"user has a wrong count of reserved bytes",
     "SELECT CONCAT(u.id) FROM user u"
     " LEFT JOIN (SELECT owner, SUM(size) AS n FROM upload GROUP BY owner) p ON p.owner = u.id"
     " WHERE u.reserved <> COALESCE(p.n, 0)"},
};
constexpr char kOverdue[] =
    "SELECT LOWER(HEX(sha256)) FROM `blob` FORCE INDEX (unreferenced)"
    " WHERE refs = 0 AND touched <= UNIX_TIMESTAMP(NOW(3)) * 1000 - ?";
constexpr char kOverdueRemnants[] =
    "SELECT CONCAT(LOWER(HEX(sha256)), ' in ', store) FROM remnant"
    " WHERE since <= UNIX_TIMESTAMP(NOW(3)) * 1000 - ?";
// A copy that leaves has its file for a while, and one that is damaged has not.
constexpr char kBlobs[] =
    "SELECT b.sha256, b.size, b.sha1, b.md5, b.crc32, b.crc64, b.refs,"
    " c.sha256 IS NOT NULL, c.leaving IS NULL AND c.damaged IS NULL FROM `blob` b"
    " LEFT JOIN copy c ON c.sha256 = b.sha256 AND c.store = 'local'"
    " WHERE b.sha256 BETWEEN ? AND ? ORDER BY b.sha256";

struct Blob {
  Digests digests;
  std::uint64_t size;
  std::uint64_t refs;
  bool listed;  // among the local copies
  bool needed;  // there
};

struct Checker {
  bool read = false;
  std::string store;
  std::uint64_t overdue_ms = 0;  // how old what belongs to nobody may be
  std::uint64_t wrong = 0;
  std::uint64_t blobs = 0;
  std::uint64_t bytes = 0;
  std::uint64_t stray = 0;
  std::uint64_t elsewhere = 0;

  void complain(const std::string& what) {
    wrong++;
    std::cout << what << "\n";
  }
  bool is_overdue(const std::string& path) const;

  Result<> check_rows(Connection& db);
  Result<> check_store(Connection& db);
  Result<> check_folder(Connection& db, std::uint8_t first);
  void check_blob(const Blob& blob, const std::string& path);
  void check_bytes(const Digests& digests, const std::string& path);
  Result<> check_staging();
};

/// The names in a directory; none if there is no such directory.
Result<std::set<std::string>> names_in(const std::string& path) {
  std::set<std::string> names;
  DIR* directory = ::opendir(path.c_str());
  if (!directory && errno == ENOENT) return names;
  if (!directory) return Error{Errc::internal, "cannot read '" + path + "': " + strerror(errno)};
  while (dirent* entry = ::readdir(directory)) names.insert(entry->d_name);
  ::closedir(directory);
  names.erase(".");
  names.erase("..");
  return names;
}

bool Checker::is_overdue(const std::string& path) const {
  struct stat info;
  if (::lstat(path.c_str(), &info) != 0) return false;
  auto age = std::max<std::time_t>(0, ::time(nullptr) - info.st_mtim.tv_sec);
  return static_cast<std::uint64_t>(age) * 1000 > overdue_ms;
}

void Checker::check_bytes(const Digests& digests, const std::string& path) {
  int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  Digester digester;
  std::vector<char> buffer(1024 * 1024);
  ssize_t n = -1;
  while (fd >= 0 && (n = ::read(fd, buffer.data(), buffer.size())) > 0)
    digester.update({buffer.data(), static_cast<std::size_t>(n)});
  if (fd >= 0) ::close(fd);
  if (n < 0) return complain("blob cannot be read: " + hex(digests.sha256));
  if (digester.finish() != digests) complain("blob has other bytes: " + hex(digests.sha256));
}

void Checker::check_blob(const Blob& blob, const std::string& path) {
  auto name = hex(blob.digests.sha256);
  struct stat info;
  blobs++;
  bytes += blob.size;
  if (::lstat(path.c_str(), &info) != 0) return complain("blob has no file: " + name);
  if (!S_ISREG(info.st_mode)) return complain("blob is not a file: " + name);
  if (static_cast<std::uint64_t>(info.st_size) != blob.size)
    return complain("blob has " + std::to_string(info.st_size) + " bytes, not " +
                    std::to_string(blob.size) + ": " + name);
  if (read) check_bytes(blob.digests, path);
}

// One folder of the store and the blobs that belong there: what is compared is kept in memory.
Result<> Checker::check_folder(Connection& db, std::uint8_t first) {
  std::string folder = store + "/blob/" + hex({&first, 1});
  auto names = names_in(folder);
  if (!names) return names.error();
  Sha256 from{}, to;
  to.fill(0xff);
  from[0] = to[0] = first;
  std::vector<Blob> rows;
  auto asked = db.query(kBlobs, {from, to}, [&](const Row& row) {
    rows.push_back(
        {{row.bytes<32>(0), row.bytes<20>(2), row.bytes<16>(3), row.bytes<4>(4), row.bytes<8>(5)},
         row.number(1),
         row.number(6),
         row.number(7) != 0,
         row.number(8) != 0});
  });
  if (!asked) return asked;
  for (const Blob& blob : rows) {
    auto name = hex(blob.digests.sha256);
    // What is there and is no copy, as of a blob that was on its way back, is a stray.
    bool there = blob.listed || blob.refs == 0 ? names->erase(name) > 0 : false;
    if (blob.refs > 0 && blob.listed && blob.needed)
      check_blob(blob, folder + "/" + name);
    else if (blob.refs > 0)
      elsewhere++;
    else
      stray += there;
  }
  for (const std::string& name : *names) {
    stray++;
    if (is_overdue(folder + "/" + name)) complain("file nobody knows is overdue: " + name);
  }
  return {};
}

// A process holds a lock on its folder while it lives. Folders of today are left alone: asking
// for the lock could keep it from a process that has just made one.
Result<> Checker::check_staging() {
  auto names = names_in(store + "/staging");
  if (!names) return names.error();
  for (const std::string& name : *names) {
    auto path = store + "/staging/" + name;
    if (!is_overdue(path)) continue;
    int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    bool held = fd >= 0 && ::flock(fd, LOCK_SH | LOCK_NB) != 0;
    if (fd >= 0) ::close(fd);
    if (!held) complain("remains of an upload are overdue: " + name);
  }
  return {};
}

Result<> Checker::check_rows(Connection& db) {
  auto ask = [&](const char* what, const char* sql, std::initializer_list<Value> values) {
    return db.query(sql, values, [&](const Row& row) {
      complain(std::string(what) + ": " + std::string(row.text(0)));
    });
  };
  for (const Check& check : kChecks)
    if (auto asked = ask(check.what, check.sql, {}); !asked) return asked;
  if (auto asked = ask("remnant is overdue", kOverdueRemnants, {overdue_ms}); !asked) return asked;
  return ask("blob nobody refers to is overdue", kOverdue, {overdue_ms});
}

Result<> Checker::check_store(Connection& db) {
  for (int first = 0; first < 256; first++)
    if (auto checked = check_folder(db, static_cast<std::uint8_t>(first)); !checked) return checked;
  return check_staging();
}

Result<> check(Checker& checker) {
  auto config = read_config();
  if (!config) return config.error();
  checker.store = config->store.string();
  checker.overdue_ms = config->grace_ms + kDayMs;
  auto primary = primary_of(*config);
  if (!primary) return primary.error();
  auto db = Connection::open(*primary, kTableLimit);
  if (!db) return db.error();
  if (auto checked = checker.check_rows(**db); !checked) return checked;
  return checker.check_store(**db);
}

}  // namespace

int main(int argc, char** argv) {
  Checker checker;
  CLI::App command{"Check the metadata against the disk", "coffer fsck"};
  command.add_flag("--read", checker.read, "read every byte and digest it anew");
  CLI11_PARSE(command, argc, argv);
  auto checked = check(checker);
  if (!checked) {
    std::cerr << "coffer fsck: " << checked.error().message << "\n";
    return 2;
  }
  std::cout << "coffer fsck: " << checker.blobs << " blobs, " << human_size(checker.bytes) << ", "
            << checker.stray << " files nobody refers to, "
            << (checker.elsewhere ? std::to_string(checker.elsewhere) + " blobs elsewhere, " : "")
            << checker.wrong << " wrong\n";
  return checker.wrong == 0 ? 0 : 1;
}
