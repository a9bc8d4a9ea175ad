// coffer migrate - make the database, and bring its tables up to this version
//
//   coffer migrate            prints how many steps it took. Exit 1, with the reason, if one fails
//
// Steps are the numbered files in sql/, each applied once. Several at a time are safe.

#include <iostream>
#include <utility>

#include "base/config.h"
#include "meta/schema.h"

namespace {

using namespace coffer;

constexpr char kMake[] =
    "CREATE DATABASE IF NOT EXISTS coffer CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin";

Result<unsigned> run() {
  auto config = read_config();
  if (!config) return config.error();
  auto address = primary_of(*config);
  if (!address) return address.error();
  auto name = std::exchange(address->name, "");
  if (name == "coffer") {
    auto server = Connection::open(*address);
    if (!server) return server.error();
    if (auto made = (*server)->run_script(kMake); !made) return made.error();
  }
  address->name = name;
  auto db = Connection::open(*address, kTableLimit);
  if (!db) return db.error();
  return migrate(**db, config->root / "sql");
}

}  // namespace

int main() {
  auto applied = run();
  if (!applied) {
    std::cerr << "coffer migrate: " << applied.error().message << "\n";
    return 1;
  }
  std::cout << "coffer migrate: " << *applied << " applied, now at " << coffer::kSchema << "\n";
}
