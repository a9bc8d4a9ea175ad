// Walk: everything below some entries, one at a time, each folder before what is in it.
//
//   auto walk = Walk::from(database, owner, std::move(roots));
//   for (auto step = walk->next(); step && *step; step = walk->next()) use((*step)->path);
//
// It reads a page of names at a time, and borrows a connection for no longer than that, so a
// reader may be slow and a tree large. What changes meanwhile is met as it was or as it is.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "meta/types.h"
#include "sql/database.h"

namespace coffer {

struct Walked {
  std::string path;  // from the roots down; of a folder with a slash at its end
  Entry entry;
  Digests digests;  // of a file
};

class Walk {
 public:
  /// Starts with the entries in `roots`; of a root without a name, with what is in it.
  static Result<Walk> from(Database& database, UserId owner, std::vector<Entry> roots);

  /// The next one, or nothing at the end.
  Result<std::optional<Walked>> next();

 private:
  // A folder that is being walked, and the page of it that is at hand, last name first.
  struct Level {
    std::string path;
    EntryId folder{};
    std::string after;
    std::vector<Walked> page;
    bool last = false;
  };

  Walk(Database& database, UserId owner) : database_(&database), owner_(owner) {}
  Result<> read_page(Level& level);

  Database* database_;
  UserId owner_;
  std::vector<Level> levels_;
};

}  // namespace coffer
