// Blobs: what the store keeps, who needs it, and when it may go.
//
// A blob's bytes are removed in three steps, each committed before the next: doom (nobody
// refers to it, nobody has for the grace time), remove the bytes, forget the row. While it is
// doomed nobody can refer to it again; so no reference is ever given to bytes that go.

#pragma once

#include <vector>

#include "meta/types.h"
#include "sql/database.h"

namespace coffer {

/// Counts one more reference, making the row if there is none. On return the row is locked
/// until the transaction ends: bytes that are there now stay there. False if the blob is
/// doomed; the transaction must then be rolled back, and may be tried again a little later.
Result<bool> add_reference(Transaction& tx, const Digests& digests, std::uint64_t size);

/// Counts one reference less.
Result<> drop_reference(Transaction& tx, const Sha256& sha256);

/// Counts one reference more to a blob that the caller's own row refers to already.
Result<> copy_reference(Transaction& tx, const Sha256& sha256);

/// Errc::not_found if there is no such blob.
Result<Blob> find_blob(Connection& db, const Sha256& sha256);

/// Up to `limit` blobs that may go: not referred to, and not touched for `grace_ms`;
/// and those that a sweeper doomed and did not finish.
Result<std::vector<Sha256>> unreferenced_blobs(Connection& db, std::uint64_t grace_ms,
                                               std::size_t limit);

/// Whether the blob is doomed now, by this call or an earlier one. A name without a row is
/// doomed by making one, so that an upload of the same bytes cannot slip in between.
Result<bool> doom(Transaction& tx, const Sha256& sha256, std::uint64_t grace_ms);

/// Removes the row of a doomed blob, once its local bytes are gone, and its copies. What is of it
/// in other stores, or on its way there, is a remnant from now on.
Result<> forget_blob(Transaction& tx, const Sha256& sha256);

}  // namespace coffer
