// Copies: in which stores a blob is, and what is known of each copy.
//
// The local disk is one of the stores. Its copy goes in three steps, like a blob: nobody is sent to
// it any more (leave), a while later its bytes go, and then its row (let_go). An upload of the same
// bytes in between takes the first step back.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "meta/types.h"
#include "sql/database.h"

namespace coffer {

/// What the rows call this machine's disk.
inline constexpr std::string_view kLocal = "local";

struct Copy {
  std::string store;
  std::uint64_t serial = 0;  // of its key there
  std::string etag;          // that the store must say
  bool leaving = false;
  bool damaged = false;

  /// Whether a reader may be sent there.
  bool good() const { return !leaving && !damaged; }
};

struct BlobCopy {
  Blob blob;
  Copy copy;
  bool unread = false;  // for so long that it is to be read
};

/// Notes that the local disk has the bytes, and that they were right just now.
Result<> add_copy(Transaction& tx, const Sha256& sha256);

/// All copies of a blob, the local one first.
Result<std::vector<Copy>> find_copies(Connection& db, const Sha256& sha256);

/// The blob, its row locked until the transaction ends: its references and copies stay as they are
/// until then. Nothing if it is unknown or doomed.
Result<std::optional<Blob>> lock_blob(Transaction& tx, const Sha256& sha256);

/// Good local copies that are elsewhere, too, and have been here for `age_ms`; the oldest first,
/// each older than or as old as the ones before. `after` is the last one of the page before.
struct Resident {
  Sha256 sha256{};
  std::uint64_t size = 0;
  std::uint64_t made = 0;
};
Result<std::vector<Resident>> residents(Connection& db, std::uint64_t age_ms, const Resident& after,
                                        std::size_t limit);

/// From now on nobody is sent to the local copy. False if it is not a good one.
Result<bool> leave(Transaction& tx, const Sha256& sha256);

/// Blobs whose local copy nobody has been sent to for `linger_ms`.
Result<std::vector<Sha256>> leaving_blobs(Connection& db, std::uint64_t linger_ms,
                                          std::size_t limit);

/// How many bytes there are of those that nobody is sent to any more.
Result<std::uint64_t> leaving_bytes(Connection& db);

/// Whether the local copy may go: under the blob's lock nobody can want it back.
Result<bool> is_leaving(Transaction& tx, const Sha256& sha256);

/// Forgets a copy whose bytes are gone, or are about to be.
Result<> forget_copy(Transaction& tx, const Sha256& sha256, std::string_view store);

/// Copies in a store that nobody has looked at for `age_ms`, the longest first; to be read are
/// those that nobody has read for `read_ms`.
Result<std::vector<BlobCopy>> due_copies(Connection& db, std::string_view store,
                                         std::uint64_t age_ms, std::uint64_t read_ms,
                                         std::size_t limit);

/// Up to `limit` copies in a store, in the order of their blobs, each behind `after`.
Result<std::vector<BlobCopy>> list_copies(Connection& db, std::string_view store,
                                          const Sha256& after, std::size_t limit);

/// The copy has been looked at, or read, and is right.
Result<> mark_verified(Connection& db, const Sha256& sha256, const Copy& copy, bool read);

/// The copy is known to be wrong or gone: no reader is sent there until it is made anew, and it is
/// the first that is due.
Result<> mark_damaged(Connection& db, const Sha256& sha256, const Copy& copy);

/// It could not be made anew: it is due again when the others are.
Result<> mark_unhealed(Connection& db, const Sha256& sha256, std::string_view store);

}  // namespace coffer
