#include "meta/challenge.h"

#include <algorithm>

#include "meta/user.h"

namespace coffer {
namespace {

constexpr char kOpen[] =
    "INSERT INTO challenge"
    " (token_hash, owner, root, folder, name, conflict, size, sha256, sha1, md5, crc32, crc64,"
    " expires) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, UNIX_TIMESTAMP(NOW(3)) * 1000 + ? * "
    "1000)";
constexpr char kCount[] = "SELECT COUNT(*) FROM challenge WHERE owner = ?";
constexpr char kCloseOldest[] = "DELETE FROM challenge WHERE owner = ? ORDER BY expires LIMIT ?";
constexpr char kLock[] =
    "SELECT folder, name, conflict, size, sha256, sha1, md5, crc32, crc64 FROM challenge"
    " WHERE token_hash = ? AND owner = ? AND root = ?"
    " AND expires > UNIX_TIMESTAMP(NOW(3)) * 1000 FOR UPDATE";
constexpr char kClose[] = "DELETE FROM challenge WHERE token_hash = ?";
constexpr char kSweep[] = "DELETE FROM challenge WHERE expires <= UNIX_TIMESTAMP(NOW(3)) * 1000";

// The digests are the last columns, in the order of kAlgorithms.
Claim claim_of(const Row& row, UserId owner, EntryId root) {
  Claim claim{.root = root, .file = {}, .digests = {}};
  claim.file.owner = owner;
  claim.file.folder = row.id<EntryId>(0);
  claim.file.name = row.text(1);
  claim.file.conflict = Conflict(row.number(2));
  claim.file.size = row.number(3);
  claim.file.sha256 = row.bytes<32>(4);
  for (std::size_t i = 0; i < claim.digests.size(); i++) {
    auto digest = row.text(4 + i);
    claim.digests[i].assign(digest.begin(), digest.end());
  }
  return claim;
}

}  // namespace

bool Claim::is_of(const Blob& bytes) const {
  return bytes.size == file.size && std::ranges::all_of(kAlgorithms, [&](Algorithm algorithm) {
           const auto& said = digests[std::size_t(algorithm)];
           return said.empty() || std::ranges::equal(said, digest_of(bytes.digests, algorithm));
         });
}

// Under the user's lock they are counted right, however many come at a time.
Result<> open_challenge(Transaction& tx, const Sha256& token_hash, const Claim& claim) {
  const auto& [root, file, said] = claim;
  if (auto locked = lock_user(tx, file.owner); !locked) return locked;
  auto opened = tx.run(kOpen, {token_hash, file.owner, root, file.folder, file.name, file.conflict,
                               file.size, file.sha256, Value::Bytes(said[1]), Value::Bytes(said[2]),
                               Value::Bytes(said[3]), Value::Bytes(said[4]), kChallengeSeconds});
  if (!opened) return opened.error();
  std::uint64_t open = 0;
  auto counted = tx.query(kCount, {file.owner}, [&](const Row& row) { open = row.number(0); });
  if (!counted) return counted;
  if (open <= kMostChallenges) return {};
  auto closed = tx.run(kCloseOldest, {file.owner, open - kMostChallenges});
  if (!closed) return closed.error();
  return {};
}

Result<std::optional<Claim>> take_challenge(Transaction& tx, const Sha256& token_hash, UserId owner,
                                            EntryId root) {
  std::optional<Claim> claim;
  auto locked = tx.query(kLock, {token_hash, owner, root},
                         [&](const Row& row) { claim = claim_of(row, owner, root); });
  if (!locked) return locked.error();
  if (claim)
    if (auto closed = tx.run(kClose, {token_hash}); !closed) return closed.error();
  return claim;
}

Result<std::uint64_t> sweep_challenges(Connection& db) {
  auto swept = db.run(kSweep, {});
  if (!swept) return swept.error();
  return swept->rows;
}

}  // namespace coffer
