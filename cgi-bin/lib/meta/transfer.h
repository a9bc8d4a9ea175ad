// Transfers: copies that are being made. Who makes one holds a lease on it, by the serial number of
// their attempt, which is also in the key of what they put into the store.
//
// A lease that has run out is anybody's. Whoever had it may still be at work, or have left a
// request that the store carries out much later: both end in a key that nobody uses any more, and
// which is a remnant from the moment at which the attempt was given up.

#pragma once

#include "meta/copy.h"

namespace coffer {

struct Wanted {
  Blob blob;
  std::string store;
};

/// Up to `limit` blobs between `after` and `last` that are to have a copy in the store by [tier],
/// have no good one, and no mover or pause: in the order of their names.
Result<std::vector<Wanted>> wanted_copies(Connection& db, std::string_view store, const Tier& tier,
                                          const Sha256& after, const Sha256& last,
                                          std::size_t limit);

/// Up to `limit` blobs that somebody wants back on the local disk.
Result<std::vector<Wanted>> recalls(Connection& db, std::size_t limit);

/// Wants a blob back on the local disk, where it is not.
Result<> recall(Transaction& tx, const Sha256& sha256);

/// Takes the lease, for an attempt of that serial number. False if somebody else has it, or there
/// is a good copy by now.
Result<bool> claim(Transaction& tx, const Sha256& sha256, std::string_view store,
                   std::uint64_t serial, std::uint64_t lease_ms);

/// Whether the lease is still ours; it then lasts `lease_ms` from now on.
Result<bool> renew(Connection& db, const Sha256& sha256, std::string_view store,
                   std::uint64_t serial, std::uint64_t lease_ms, std::uint64_t sent);

/// The copy has been made and verified. False, and there is none, if the lease was lost or nobody
/// needs the blob any more; what is in the store is a remnant then.
Result<bool> settle(Transaction& tx, const Sha256& sha256, std::string_view store,
                    std::uint64_t serial, std::string_view etag);

/// The attempt has failed, and there is to be a pause; what it has left is a remnant.
Result<> give_up(Transaction& tx, const Sha256& sha256, std::string_view store,
                 std::uint64_t serial, std::string_view error, std::uint64_t pause_ms);

/// Ends up to `limit` transfers to other stores whose lease or pause is over for `grace_ms`: nobody
/// goes on with them, as when [tier] no longer wants the copy. What they have left are remnants.
/// How many there were.
Result<std::size_t> abandon_transfers(Transaction& tx, std::uint64_t grace_ms, std::size_t limit);

/// How often an attempt at it has failed since one succeeded.
Result<unsigned> failed_tries(Connection& db, const Sha256& sha256, std::string_view store);

/// Ends every pause: what has failed may be tried again at once. How many there were.
Result<std::uint64_t> end_pauses(Connection& db);

/// The same for one blob and store.
Result<> end_pause(Connection& db, const Sha256& sha256, std::string_view store);

/// How much there is to do and how it goes, for one store.
struct TransferState {
  std::uint64_t copies = 0, bytes = 0;           // good ones
  std::uint64_t damaged = 0;                     // copies
  std::uint64_t waiting = 0, waiting_bytes = 0;  // blobs without a copy, though eligible
  std::uint64_t underway = 0, sent = 0;          // transfers, and the bytes they have sent
  std::uint64_t failing = 0;                     // transfers that have failed and pause
  std::string error;                             // of one of them
  std::uint64_t remnants = 0;                    // still to be removed
};
Result<TransferState> transfer_state(Connection& db, std::string_view store, const Tier& tier);

}  // namespace coffer
