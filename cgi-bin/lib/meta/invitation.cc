#include "meta/invitation.h"

namespace coffer {
namespace {

constexpr char kAdd[] =
    "INSERT INTO invitation (token_hash, quota, created, expires)"
    " VALUES (?, ?, UNIX_TIMESTAMP(NOW(3)) * 1000, UNIX_TIMESTAMP(NOW(3)) * 1000 + ? * 86400000)";
constexpr char kFind[] =
    "SELECT quota FROM invitation WHERE token_hash = ?"
    " AND expires > UNIX_TIMESTAMP(NOW(3)) * 1000";
constexpr char kUse[] =
    "DELETE FROM invitation WHERE token_hash = ? AND expires > UNIX_TIMESTAMP(NOW(3)) * 1000";
constexpr char kSweep[] = "DELETE FROM invitation WHERE expires <= UNIX_TIMESTAMP(NOW(3)) * 1000";

Error over() { return {Errc::not_found, "this invitation was used or is over: ask for another"}; }

}  // namespace

Result<> add_invitation(Connection& db, const Sha256& token_hash, const Invitation& invitation,
                        std::uint64_t days) {
  auto quota = invitation.quota ? Value(*invitation.quota) : Value(nullptr);
  auto added = db.run(kAdd, {token_hash, quota, days});
  if (!added) return added.error();
  return {};
}

Result<Invitation> find_invitation(Connection& db, const Sha256& token_hash) {
  std::optional<Invitation> invitation;
  auto found = db.query(kFind, {token_hash}, [&](const Row& row) {
    invitation.emplace();
    if (!row.null(0)) invitation->quota = row.number(0);
  });
  if (!found) return found.error();
  if (!invitation) return over();
  return *invitation;
}

Result<Invitation> use_invitation(Transaction& tx, const Sha256& token_hash) {
  auto invitation = find_invitation(tx, token_hash);
  if (!invitation) return invitation;
  if (auto used = expect_one(tx.run(kUse, {token_hash}), over()); !used) return used.error();
  return invitation;
}

Result<std::uint64_t> sweep_invitations(Connection& db) {
  auto swept = db.run(kSweep, {});
  if (!swept) return swept.error();
  return swept->rows;
}

}  // namespace coffer
