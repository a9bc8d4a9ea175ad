// coffer fsck - check the metadata against the disk, both ways
//
//   coffer fsck           every reference has its bytes, every count adds up, nothing is stray
//   coffer fsck --read    the same, and every byte is read and digested anew
//
// Prints a line for each thing that is wrong, and a summary. Exit 0 only if all is well, 1 if
// something is wrong, 2 if it could not look. Never changes or removes anything. Bytes that no
// row knows and rows that nobody refers to are not wrong: the sweeper takes them in time. So is
// what changes while it looks; run it again, or while nobody uploads, to be sure.
//
// It shares no code with the programs that write: it asks the database and the disk itself.

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <set>
#include <string>
#include <vector>

#include "base/config.h"
#include "base/text.h"
#include "digest/digester.h"
#include "sql/connection.h"

namespace {

using namespace coffer;

// What must be empty in every committed state: each row is one thing that is wrong.
struct Check {
  const char* what;
  const char* sql;
};
constexpr Check kChecks[] = {
    {"entry points at a blob without a row",
     "SELECT e.id FROM entry e LEFT JOIN `blob` b ON b.sha256 = e.sha256"
     " WHERE NOT e.folder AND (b.sha256 IS NULL OR b.doomed OR b.size <> e.size)"},
    {"version points at a blob without a row",
     "SELECT v.id FROM version v LEFT JOIN `blob` b ON b.sha256 = v.sha256"
     " WHERE b.sha256 IS NULL OR b.doomed OR b.size <> v.size"},
    {"version belongs to no entry",
     "SELECT v.id FROM version v LEFT JOIN entry e ON e.id = v.entry WHERE e.id IS NULL"},
    {"entry is in no folder",
     "SELECT e.id FROM entry e LEFT JOIN entry p ON p.id = e.parent AND p.owner = e.owner"
     " AND p.folder WHERE e.parent > 2 AND p.id IS NULL"},
    {"entry belongs to no user",
     "SELECT e.id FROM entry e LEFT JOIN user u ON u.id = e.owner WHERE u.id IS NULL"},
    {"blob has a wrong count of references",
     "SELECT LOWER(HEX(b.sha256)) FROM `blob` b LEFT JOIN (SELECT sha256, COUNT(*) AS n FROM"
     " (SELECT sha256 FROM entry WHERE NOT folder UNION ALL SELECT sha256 FROM version) r"
     " GROUP BY sha256) c ON c.sha256 = b.sha256 WHERE b.refs <> COALESCE(c.n, 0)"},
    {"user has a wrong count of used bytes",
     "SELECT u.id FROM user u LEFT JOIN (SELECT owner, SUM(size) AS n FROM"
     " (SELECT owner, size FROM entry UNION ALL SELECT e.owner, v.size FROM version v"
     " JOIN entry e ON e.id = v.entry) s GROUP BY owner) c ON c.owner = u.id"
     " WHERE u.used <> COALESCE(c.n, 0)"},
    {"user has a wrong count of reserved bytes",
     "SELECT u.id FROM user u LEFT JOIN (SELECT owner, SUM(size) AS n FROM upload GROUP BY owner)"
     " c ON c.owner = u.id WHERE u.reserved <> COALESCE(c.n, 0)"},
};
constexpr char kBlobs[] =
    "SELECT b.sha256, b.size, b.sha1, b.md5, b.crc32, b.crc64, b.refs FROM `blob` b"
    " LEFT JOIN copy c ON c.sha256 = b.sha256 AND c.store = 'local'"
    " WHERE b.refs > 0 AND b.sha256 > ? ORDER BY b.sha256 LIMIT 1000";

struct Checker {
  bool read = false;
  std::string store;
  std::uint64_t wrong = 0;
  std::uint64_t blobs = 0;
  std::uint64_t bytes = 0;
  std::uint64_t stray = 0;

  void complain(const std::string& what) {
    wrong++;
    std::cout << what << "\n";
  }

  std::string path_of(const std::string& name) const {
    return store + "/" + name.substr(0, 2) + "/" + name;
  }

  void check_blob(const Digests& digests, std::uint64_t size);
  void check_bytes(const Digests& digests, const std::string& path);
  void count_strays(const std::set<std::string>& known);
};

void Checker::check_bytes(const Digests& digests, const std::string& path) {
  int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  Digester digester;
  std::vector<char> buffer(1024 * 1024);
  ssize_t n = -1;
  while (fd >= 0 && (n = ::read(fd, buffer.data(), buffer.size())) > 0)
    digester.update({buffer.data(), static_cast<std::size_t>(n)});
  if (fd >= 0) ::close(fd);
  if (n < 0) return complain("blob " + hex(digests.sha256) + " cannot be read");
  if (digester.finish() != digests) complain("blob " + hex(digests.sha256) + " has other bytes");
}

void Checker::check_blob(const Digests& digests, std::uint64_t size) {
  auto name = hex(digests.sha256);
  auto path = path_of(name);
  struct stat info;
  blobs++;
  bytes += size;
  if (::lstat(path.c_str(), &info) != 0) return complain("blob " + name + " has no file");
  if (!S_ISREG(info.st_mode)) return complain("blob " + name + " is not a file");
  if (static_cast<std::uint64_t>(info.st_size) != size)
    return complain("blob " + name + " has " + std::to_string(info.st_size) + " bytes, not " +
                    std::to_string(size));
  if (read) check_bytes(digests, path);
}

void Checker::count_strays(const std::set<std::string>& known) {
  for (int i = 0; i < 256; i++) {
    std::uint8_t byte[] = {static_cast<std::uint8_t>(i)};
    DIR* directory = ::opendir((store + "/" + hex(byte)).c_str());
    while (dirent* entry = directory ? ::readdir(directory) : nullptr)
      if (entry->d_name[0] != '.' && !known.contains(entry->d_name)) stray++;
    if (directory) ::closedir(directory);
  }
}

Result<> check_all(Checker& checker, Connection& db) {
  for (const Check& check : kChecks) {
    auto asked = db.query(check.sql, {}, [&](const Row& row) {
      auto id = row.text(0).empty() ? std::to_string(row.number(0)) : std::string(row.text(0));
      checker.complain(std::string(check.what) + ": " + id);
    });
    if (!asked) return asked;
  }
  std::set<std::string> known;
  Sha256 after{};
  for (std::size_t page = 1; page > 0;) {
    std::vector<std::pair<Digests, std::uint64_t>> rows;
    auto asked = db.query(kBlobs, {after}, [&](const Row& row) {
      rows.push_back(
          {{row.bytes<32>(0), row.bytes<20>(2), row.bytes<16>(3), row.bytes<4>(4), row.bytes<8>(5)},
           row.number(1)});
    });
    if (!asked) return asked;
    for (const auto& [digests, size] : rows) {
      checker.check_blob(digests, size);
      known.insert(hex(digests.sha256));
      after = digests.sha256;
    }
    page = rows.size();
  }
  checker.count_strays(known);
  return {};
}

Result<> check(Checker& checker) {
  auto config = read_config();
  if (!config) return config.error();
  checker.store = (config->store / "blob").string();
  auto db = Connection::open({.socket = config->socket,
                              .host = config->host,
                              .port = config->port,
                              .user = config->user,
                              .password = config->password,
                              .database = config->database});
  if (!db) return db.error();
  return check_all(checker, **db);
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
            << checker.stray << " files nobody refers to, " << checker.wrong << " wrong\n";
  return checker.wrong == 0 ? 0 : 1;
}
