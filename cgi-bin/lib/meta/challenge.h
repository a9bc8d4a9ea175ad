// Challenges: files whose bytes somebody says they have, until they prove it or a minute is over.

#pragma once

#include <array>
#include <optional>
#include <vector>

#include "meta/tree.h"
#include "meta/types.h"
#include "sql/database.h"

namespace coffer {

/// How long a challenge is open, by the database's clock, and how many a user may have.
inline constexpr std::uint64_t kChallengeSeconds = 60;
inline constexpr std::uint64_t kMostChallenges = 100;

/// A file that is to come in without its bytes, and what is said of these.
struct Claim {
  EntryId root = kRoot;  // of who asks; who proves must have the same
  NewFile file;          // its precondition is not kept
  std::array<std::vector<std::uint8_t>, kAlgorithms.size()> digests;  // empty where none was said

  /// Whether all that was said is true of these bytes.
  bool is_of(const Blob& bytes) const;
};

/// Opens a challenge for the file's owner, and closes the oldest of those they have too many of.
Result<> open_challenge(Transaction& tx, const Sha256& token_hash, const Claim& claim);

/// Closes a challenge, so that of two who come with it one gets its claim. Nothing if there is
/// none, it is over, or it is another user's or one for another root, which stays open.
Result<std::optional<Claim>> take_challenge(Transaction& tx, const Sha256& token_hash, UserId owner,
                                            EntryId root);

/// Removes up to `limit` of those that are over. Returns how many.
Result<std::size_t> sweep_challenges(Transaction& tx, std::size_t limit);

}  // namespace coffer
