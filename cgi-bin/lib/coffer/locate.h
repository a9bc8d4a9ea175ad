// Locate: how a request names files and folders, and the only way in which it does. By an id,
// "1042", or by a path from the caller's root, "/Photos/2024/a.jpg"; the root itself is "/", "0"
// or "".
//
// Some callers are confined to a folder by their token. To them it is the root, and what is not
// below it is not there: these functions see to it, so no program makes an EntryId of its own
// from what a request says, and none looks for entries without asking reachable().
// tests/lint/reach.sh watches over that.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "coffer/session.h"
#include "meta/entry.h"

namespace coffer {

/// The entry that `text` names, or Errc::not_found. A user's root is a folder without a name.
Result<Entry> locate(Connection& db, const Caller& caller, std::string_view text);

/// The same where only a folder will do.
Result<Entry> locate_folder(Connection& db, const Caller& caller, std::string_view text);

/// The same, on a connection borrowed for it.
Result<Entry> locate_folder(App& app, const Caller& caller, std::string_view text);

/// The file that a query names by `id` or `path`, with the bytes of its older version `version` if
/// there is such a field. Errc::not_found for a folder too.
Result<Entry> locate_file(Connection& db, const Caller& caller, const Fields& query);

/// The ids in the fields of a form, for a change of these entries. Errc::invalid_argument if
/// there is none or one is no id, Errc::not_found if one is out of the caller's reach.
Result<std::vector<EntryId>> ids_of(Connection& db, const Caller& caller,
                                    const std::vector<std::string_view>& values);

/// Those of `entries` that the caller can reach, at most `limit`.
Result<std::vector<Entry>> reachable(Connection& db, const Caller& caller,
                                     std::vector<Entry> entries, std::size_t limit);

/// The folders from below the caller's root down to `entry`, itself last; empty for the root.
Result<std::vector<Entry>> path_of(Connection& db, const Caller& caller, Entry entry);

}  // namespace coffer
