// Schema: the tables in sql/, in numbered steps, and what the server must be set to.

#pragma once

#include <filesystem>

#include "sql/database.h"

namespace coffer {

/// The migration up to which this program knows the tables.
inline constexpr unsigned kSchema = 10;

/// Brings the tables up to kSchema with the files `directory`/NNN-*.sql, each once and in
/// order. Returns how many were applied. Errc::internal if one is missing or fails.
Result<unsigned> migrate(Connection& db, const std::filesystem::path& directory);

/// Errc::unavailable, with the reason for the operator, if the server may lose what it has
/// committed, or its tables are not those of kSchema.
Result<> check_server(Connection& db);

}  // namespace coffer
