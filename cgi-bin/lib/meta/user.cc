#include "meta/user.h"

#include "base/name.h"

namespace coffer {
namespace {

#define USER_COLUMNS "id, name, password, one_time, admin, disabled, quota, used, reserved"

constexpr char kAdd[] =
    "INSERT INTO user (name, folded, password, one_time, admin, quota, created)"
    " VALUES (?, ?, ?, ?, ?, ?, UNIX_TIMESTAMP(NOW(3)) * 1000)";
constexpr char kFind[] = "SELECT " USER_COLUMNS " FROM user WHERE folded = ?";
constexpr char kList[] = "SELECT " USER_COLUMNS " FROM user ORDER BY folded";
constexpr char kSetPassword[] = "UPDATE user SET password = ?, one_time = ? WHERE id = ?";
constexpr char kSetQuota[] = "UPDATE user SET quota = ? WHERE id = ?";
constexpr char kSetDisabled[] = "UPDATE user SET disabled = ? WHERE id = ?";
constexpr char kEndSessions[] = "DELETE FROM session WHERE user = ?";

// A reservation was inside the quota when it was made, so only what goes beyond it is checked.
constexpr char kCharge[] =
    "UPDATE user SET used = used + ?, reserved = reserved - ?"
    " WHERE id = ? AND reserved >= ? AND used + reserved + ? <= quota + ?";
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
          .reserved = row.number(8)};
}

Result<> expect_one(const Result<Changed>& changed) {
  if (!changed) return changed.error();
  if (changed->rows != 1) return Error{Errc::not_found, "no such user"};
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
  if (user.id == UserId{}) return Error{Errc::not_found, "no such user"};
  return user;
}

Result<std::vector<User>> list_users(Connection& db) {
  std::vector<User> users;
  auto found = db.query(kList, {}, [&](const Row& row) { users.push_back(user_of(row)); });
  if (!found) return found.error();
  return users;
}

Result<> set_password(Transaction& tx, UserId user, std::string_view hash, bool one_time) {
  auto set = expect_one(tx.run(kSetPassword, {hash, one_time, user}));
  if (!set) return set;
  if (auto ended = tx.run(kEndSessions, {user}); !ended) return ended.error();
  return {};
}

Result<> set_quota(Connection& db, UserId user, std::uint64_t bytes) {
  return expect_one(db.run(kSetQuota, {bytes, user}));
}

Result<> set_disabled(Transaction& tx, UserId user, bool disabled) {
  auto set = expect_one(tx.run(kSetDisabled, {disabled, user}));
  if (!set) return set;
  if (auto ended = tx.run(kEndSessions, {user}); !ended) return ended.error();
  return {};
}

Result<> charge(Transaction& tx, UserId user, std::uint64_t bytes, std::uint64_t reserved) {
  auto changed = tx.run(kCharge, {bytes, reserved, user, reserved, bytes, reserved});
  if (!changed) return changed.error();
  if (changed->rows != 1) return Error{Errc::too_large, "that would go over your quota"};
  return {};
}

Result<> refund(Transaction& tx, UserId user, std::uint64_t bytes) {
  auto changed = tx.run(kRefund, {bytes, user, bytes});
  if (!changed) return changed.error();
  if (changed->rows != 1) return Error{Errc::internal, "a user's used bytes do not add up"};
  return {};
}

}  // namespace coffer
