#include "meta/challenge.h"

#include <algorithm>

#include "meta/user.h"

namespace coffer {
namespace {

constexpr char kOpen[] =
    "INSERT INTO challenge"
    " (token_hash, owner, root, folder, name, conflict, size, sha256, sha1, md5, crc32, crc64,"
    " expires)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, UNIX_TIMESTAMP(NOW(3)) * 1000 + ?)";
constexpr char kTooMany[] =
    "SELECT token_hash FROM challenge WHERE owner = ? ORDER BY expires DESC LIMIT ? OFFSET ?";
constexpr char kOver[] =
    "SELECT token_hash FROM challenge WHERE expires <= UNIX_TIMESTAMP(NOW(3)) * 1000 LIMIT ?";
constexpr char kLock[] =
    "SELECT folder, name, conflict, size, sha256, sha1, md5, crc32, crc64 FROM challenge"
    " WHERE token_hash = ? AND owner = ? AND root = ?"
    " AND expires > UNIX_TIMESTAMP(NOW(3)) * 1000 FOR UPDATE";
constexpr char kClose[] = "DELETE FROM challenge WHERE token_hash = ?";

// More than a user's clients open at a time.
constexpr std::size_t kMostAtOnce = 1000;

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

// Those that a statement finds, and not by a DELETE that looks for them: that one would lock the
// entry of an index before the row, where whoever takes a challenge does it the other way round.
Result<std::size_t> close_all(Transaction& tx, const char* sql,
                              std::initializer_list<Value> values) {
  std::vector<Sha256> found;
  auto asked = tx.query(sql, values, [&](const Row& row) { found.push_back(row.bytes<32>(0)); });
  if (!asked) return asked.error();
  for (const Sha256& token_hash : found)
    if (auto closed = tx.run(kClose, {token_hash}); !closed) return closed.error();
  return found.size();
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
  const auto& [sha256, sha1, md5, crc32, crc64] = said;
  if (auto locked = lock_user(tx, file.owner); !locked) return locked;
  auto opened =
      tx.run(kOpen, {token_hash, file.owner, root, file.folder, file.name, file.conflict, file.size,
                     Value::Bytes(sha256), Value::Bytes(sha1), Value::Bytes(md5),
                     Value::Bytes(crc32), Value::Bytes(crc64), kChallengeSeconds * 1000});
  if (!opened) return opened.error();
  auto closed = close_all(tx, kTooMany, {file.owner, kMostAtOnce, kMostChallenges});
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

Result<std::size_t> sweep_challenges(Transaction& tx, std::size_t limit) {
  return close_all(tx, kOver, {limit});
}

}  // namespace coffer
