#include "meta/user.h"

#include "base/name.h"

namespace coffer {
namespace {

#define USER_COLUMNS "id, name, password, one_time, admin, disabled, quota, used, reserved, changes"

constexpr char kAdd[] =
    "INSERT INTO user (name, folded, password, one_time, admin, quota, created)"
    " VALUES (?, ?, ?, ?, ?, ?, UNIX_TIMESTAMP(NOW(3)) * 1000)";
constexpr char kFind[] = "SELECT " USER_COLUMNS " FROM user WHERE folded = ?";
constexpr char kList[] = "SELECT " USER_COLUMNS " FROM user ORDER BY folded";
constexpr char kListPage[] =
    "SELECT " USER_COLUMNS
    ", GREATEST(COALESCE((SELECT MAX(s.seen) FROM session s WHERE s.user = user.id), 0),"
    " COALESCE((SELECT MAX(t.seen) FROM api_token t WHERE t.user = user.id), 0))"
    " FROM user WHERE folded > ? AND closed IS NULL ORDER BY folded LIMIT ?";
constexpr char kSetPassword[] = "UPDATE user SET password = ?, one_time = ? WHERE id = ?";
constexpr char kSetQuota[] = "UPDATE user SET quota = ? WHERE id = ?";
constexpr char kSetDisabled[] = "UPDATE user SET disabled = ? WHERE id = ? AND closed IS NULL";
constexpr char kEndSessions[] = "DELETE FROM session WHERE user = ?";

constexpr char kEndTokens[] = "DELETE FROM api_token WHERE user = ?";
constexpr char kLockAdmins[] = "SELECT id FROM user WHERE admin AND NOT disabled FOR UPDATE";
constexpr char kClose[] =
    "UPDATE user SET closed = UNIX_TIMESTAMP(NOW(3)) * 1000, disabled = TRUE WHERE id = ?";
constexpr char kClosed[] =
    "SELECT id FROM user WHERE closed <= UNIX_TIMESTAMP(NOW(3)) * 1000 - 60000 ORDER BY id";
constexpr char kLockClosed[] = "SELECT id FROM user WHERE id = ? AND closed IS NOT NULL FOR UPDATE";
constexpr char kHasAnything[] =
    "SELECT EXISTS (SELECT 1 FROM entry WHERE owner = ?)"
    " OR EXISTS (SELECT 1 FROM upload WHERE owner = ?)";
constexpr char kForget[] = "DELETE FROM user WHERE id = ?";
constexpr char kCountChange[] = "UPDATE user SET changes = changes + 1 WHERE id = ?";
constexpr char kReached[] = "SELECT changes >= ? FROM user WHERE id = ?";
constexpr char kLock[] = "SELECT id FROM user WHERE id = ? FOR UPDATE";

// A reservation was inside the quota when it was made, so only what goes beyond it is checked.
constexpr char kCharge[] =
    "UPDATE user SET used = used + ?, reserved = reserved - ?"
    " WHERE id = ? AND NOT disabled AND reserved >= ? AND used + reserved + ? <= quota + ?";
constexpr char kIsLetIn[] = "SELECT 1 FROM user WHERE id = ? AND NOT disabled";
constexpr char kRefund[] = "UPDATE user SET used = used - ? WHERE id = ? AND used >= ?";

User user_of(const Row& row) {
  return {.id = row.id<UserId>(0),
          .name = std::string(row.text(1)),
          .password = std::string(row.text(2)),
          .one_time = row.number(3) != 0,
          .admin = row.number(4) != 0,
          .disabled = row.number(5) != 0,
          .quota = row.number(6),
          .used = row.number(7),
          .reserved = row.number(8),
          .changes = row.number(9)};
}

Error no_such_user() { return {Errc::not_found, "no such user"}; }

// Errc::conflict for the last administrator. Two of them cannot go at once: all are locked.
Result<> check_spare(Transaction& tx, UserId user) {
  bool admin = false;
  std::size_t others = 0;
  auto locked = tx.query(kLockAdmins, {}, [&](const Row& row) {
    if (row.id<UserId>(0) == user)
      admin = true;
    else
      others++;
  });
  if (!locked) return locked;
  if (admin && others == 0)
    return Error{Errc::conflict, "the last administrator cannot go: make somebody else one first"};
  return {};
}

}  // namespace

Result<UserId> add_user(Connection& db, const NewUser& user) {
  auto key = user_name_key(user.name);
  if (!key) return key.error();
  auto added =
      db.run(kAdd, {user.name, *key, user.password, user.one_time, user.admin, user.quota});
  if (!added) return added.error();
  return UserId{added->id};
}

Result<User> find_user(Connection& db, std::string_view name) {
  auto key = user_name_key(name);
  User user;
  if (key) {
    auto found = db.query(kFind, {*key}, [&](const Row& row) { user = user_of(row); });
    if (!found) return found.error();
  }
  if (user.id == UserId{}) return no_such_user();
  return user;
}

Result<std::vector<User>> list_users(Connection& db) {
  std::vector<User> users;
  auto found = db.query(kList, {}, [&](const Row& row) { users.push_back(user_of(row)); });
  if (!found) return found.error();
  return users;
}

Result<std::vector<SeenUser>> list_users(Connection& db, std::string_view after,
                                         std::size_t limit) {
  auto key = after.empty() ? Result<std::string>("") : user_name_key(after);
  if (!key) return key.error();
  std::vector<SeenUser> users;
  auto found = db.query(kListPage, {*key, limit}, [&](const Row& row) {
    users.push_back({user_of(row), row.id<Time>(10)});
  });
  if (!found) return found.error();
  return users;
}

Result<> set_password(Transaction& tx, UserId user, std::string_view hash, bool one_time) {
  auto set = expect_one(tx.run(kSetPassword, {hash, one_time, user}), no_such_user());
  if (!set) return set;
  if (auto ended = tx.run(kEndSessions, {user}); !ended) return ended.error();
  return {};
}

Result<> set_quota(Connection& db, UserId user, std::uint64_t bytes) {
  return expect_one(db.run(kSetQuota, {bytes, user}), no_such_user());
}

Result<> set_disabled(Transaction& tx, UserId user, bool disabled) {
  if (disabled)
    if (auto spared = check_spare(tx, user); !spared) return spared;
  auto set = expect_one(tx.run(kSetDisabled, {disabled, user}), no_such_user());
  if (!set) return set;
  if (auto ended = tx.run(kEndSessions, {user}); !ended) return ended.error();
  return {};
}

Result<> close_user(Transaction& tx, UserId user) {
  if (auto spared = check_spare(tx, user); !spared) return spared;
  if (auto closed = expect_one(tx.run(kClose, {user}), no_such_user()); !closed) return closed;
  if (auto ended = tx.run(kEndSessions, {user}); !ended) return ended.error();
  if (auto ended = tx.run(kEndTokens, {user}); !ended) return ended.error();
  return {};
}

Result<std::vector<UserId>> closed_users(Connection& db) {
  std::vector<UserId> users;
  auto found = db.query(kClosed, {}, [&](const Row& row) { users.push_back(row.id<UserId>(0)); });
  if (!found) return found.error();
  return users;
}

// An upload that is about to commit has an entry that cannot be seen yet, and charges its user
// afterwards: under the user's lock it is either all there, or finds nobody.
Result<bool> forget_user(Transaction& tx, UserId user) {
  bool there = false, has_anything = false;
  auto locked = tx.query(kLockClosed, {user}, [&](const Row&) { there = true; });
  if (!locked) return locked.error();
  if (!there) return false;
  auto asked = tx.query(kHasAnything, {user, user},
                        [&](const Row& row) { has_anything = row.number(0) != 0; });
  if (!asked) return asked.error();
  if (has_anything) return false;
  if (auto forgotten = tx.run(kForget, {user}); !forgotten) return forgotten.error();
  return true;
}

Result<> lock_user(Transaction& tx, UserId user) {
  return tx.query(kLock, {user}, [](const Row&) {});
}

Result<> count_change(Connection& db, UserId user) {
  if (auto counted = db.run(kCountChange, {user}); !counted) return counted.error();
  return {};
}

bool has_reached(Connection& replica, const User& user) {
  bool reached = false;
  auto asked = replica.query(kReached, {user.changes, user.id},
                             [&](const Row& row) { reached = row.number(0) != 0; });
  return asked && reached;
}

Result<> charge(Transaction& tx, UserId user, std::uint64_t bytes, std::uint64_t reserved) {
  auto changed = tx.run(kCharge, {bytes, reserved, user, reserved, bytes, reserved});
  if (!changed) return changed.error();
  if (changed->rows == 1) return {};
  bool let_in = false;
  auto asked = tx.query(kIsLetIn, {user}, [&](const Row&) { let_in = true; });
  if (!asked) return asked;
  if (!let_in) return Error{Errc::unauthenticated, "please sign in"};
  return Error{Errc::too_large, "that would go over your quota"};
}

Result<> refund(Transaction& tx, UserId user, std::uint64_t bytes) {
  return expect_one(tx.run(kRefund, {bytes, user, bytes}),
                    {Errc::internal, "a user's used bytes do not add up"});
}

}  // namespace coffer
