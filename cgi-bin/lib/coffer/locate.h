// Locate: how a request names a file or folder. By its id, "1042", or by its path from the
// user's root, "/Photos/2024/a.jpg"; the root itself is "/", "0" or "".

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "coffer/session.h"
#include "meta/entry.h"

namespace coffer {

/// The entry that `text` names, or Errc::not_found. The root is a folder without a name.
Result<Entry> locate(Connection& db, UserId owner, std::string_view text);

/// The same for a caller, whose request has brought the entry along if it named it by its id.
Result<Entry> locate(Connection& db, const Caller& caller, std::string_view text);

/// The same where only a folder will do.
Result<Entry> locate_folder(Connection& db, UserId owner, std::string_view text);
Result<Entry> locate_folder(Connection& db, const Caller& caller, std::string_view text);

/// The ids in the fields of a form, or Errc::invalid_argument if there is none or one is no id.
Result<std::vector<EntryId>> ids_of(const std::vector<std::string_view>& values);

}  // namespace coffer
