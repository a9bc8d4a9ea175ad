// Savepoints: a part of a transaction that can be undone by itself.

#pragma once

#include <type_traits>

#include "sql/database.h"

namespace coffer {

/// Runs `body`. If that returns an error, what it has done is undone, and the transaction goes on
/// as if it had not been run: unless the server has given up on all of it, which Connection knows.
template <class Body>
auto attempt(Transaction& tx, Body&& body) -> std::invoke_result_t<Body> {
  Connection& connection = tx;
  if (auto saved = connection.run_script("SAVEPOINT attempt"); !saved) return saved.error();
  auto result = body();
  if (result || connection.retriable() || connection.broken()) return result;
  if (auto back = connection.run_script("ROLLBACK TO SAVEPOINT attempt"); !back)
    return back.error();
  return result;
}

}  // namespace coffer
