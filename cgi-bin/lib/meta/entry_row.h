// How a row of `entry` becomes an Entry. For the files of meta that select entries.

#pragma once

#include <vector>

#include "meta/types.h"
#include "sql/database.h"

namespace coffer {

#define ENTRY_COLUMNS \
  "id, parent, name, folder, sha256, size, created, modified, trashed, was_parent, was_name"

/// Runs a statement that selects ENTRY_COLUMNS.
Result<std::vector<Entry>> select_entries(Connection& db, const char* sql,
                                          std::initializer_list<Value> values);

/// What an entry is called while it is in the trash: names there sort by when they came.
std::string trash_name_of(const Entry& entry);

}  // namespace coffer
