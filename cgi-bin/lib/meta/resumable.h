// Resumables: uploads that come in pieces. A row says how many bytes are safe; more may be on the
// disk, and do not count.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "digest/state.h"
#include "meta/tree.h"
#include "meta/types.h"
#include "sql/database.h"

namespace coffer {

struct Resumable {
  Sha256 token_hash{};  // of the token that its address ends in
  UserId owner{};
  UploadId upload{};  // its reservation; 0 where it needs none any more
  std::uint64_t size = 0;
  std::uint64_t offset = 0;
  DigestState state;     // at `offset`
  std::string metadata;  // headers, as they were sent
  std::string concat;
  EntryId folder = kRoot;
  std::string name;
  Conflict conflict = Conflict::version;
  std::optional<Sha256> sha256{};  // that its bytes must have
  std::optional<EntryId> entry{};  // what it has become
  Time expires{};                  // set by these functions only

  /// Whether it is a part of another one, or made of such parts.
  bool is_partial() const { return concat == "partial"; }
  bool is_final() const { return concat.starts_with("final"); }
};

/// So many a user may have; those that are files make room for others.
inline constexpr std::uint64_t kMostResumables = 10'000;

/// Adds it, to expire after `life_ms`. Errc::too_many if its owner has that many unfinished ones.
Result<> add_resumable(Transaction& tx, const Resumable& upload, std::uint64_t life_ms);

/// Errc::not_found if it is not there, not the owner's, or has expired.
Result<Resumable> find_resumable(Connection& db, UserId owner, const Sha256& token_hash);

/// Those of a user that are no files yet, the last to expire first. A replica knows of each that
/// was begun or has ended, and perhaps not of the last pieces.
Result<std::vector<Resumable>> list_resumables(Connection& db, UserId owner, std::size_t limit);

/// Notes that `upload` has got from `from` to its offset, and puts its end off. Errc::conflict if
/// it is not at `from`.
Result<> advance_resumable(Transaction& tx, const Resumable& upload, std::uint64_t from,
                           std::uint64_t life_ms);

/// Notes that it has become `entry`. Errc::not_found if it has ended or is a file already.
Result<> finish_resumable(Transaction& tx, const Sha256& token_hash, EntryId entry);

/// Forgets it and gives back its reservation. Errc::not_found if somebody else has, or has gone on
/// with it from `upload`'s offset.
Result<> end_resumable(Transaction& tx, const Resumable& upload);

/// Those that have expired, and those of closed accounts.
Result<std::vector<Resumable>> overdue_resumables(Connection& db, std::size_t limit);

/// Whether there is one of that token that has not become a file.
Result<bool> needs_pieces(Connection& db, const Sha256& token_hash);

}  // namespace coffer
