// How a row of `entry` becomes an Entry. For the files of meta that select entries.

#pragma once

#include <vector>

#include "meta/types.h"
#include "sql/database.h"

namespace coffer {

// Of a table or join in which `entry` is called e.
#define ENTRY_COLUMNS                                                                     \
  "e.id, e.parent, e.name, e.folder, e.sha256, e.size, e.created, e.modified, e.trashed," \
  " e.was_parent, e.was_name"

/// The entry in the columns from `first` on.
Entry entry_of(const Row& row, std::size_t first = 0);

/// Runs a statement that selects ENTRY_COLUMNS.
Result<std::vector<Entry>> select_entries(Connection& db, const char* sql,
                                          std::initializer_list<Value> values);

/// What an entry is called while it is in the trash: names there sort by when they came.
std::string trash_name_of(const Entry& entry);

}  // namespace coffer
