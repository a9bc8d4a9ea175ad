// Users: accounts and what they may use of the disk.

#pragma once

#include <string_view>
#include <vector>

#include "meta/types.h"
#include "sql/database.h"

namespace coffer {

struct NewUser {
  std::string name;
  std::string password;  // argon2id
  bool one_time = false;
  bool admin = false;
  std::uint64_t quota = 0;
};

/// The id, Errc::invalid_argument for a bad name, or Errc::conflict if it is taken.
Result<UserId> add_user(Connection& db, const NewUser& user);

/// The user of that name in any case, or Errc::not_found.
Result<User> find_user(Connection& db, std::string_view name);

Result<std::vector<User>> list_users(Connection& db);

/// Sets a password and ends all of the user's sessions.
Result<> set_password(Transaction& tx, UserId user, std::string_view hash, bool one_time);

Result<> set_quota(Connection& db, UserId user, std::uint64_t bytes);

/// A disabled user is refused everywhere; their sessions end, their files stay.
Result<> set_disabled(Transaction& tx, UserId user, bool disabled);

/// Counts `bytes` more as used, `reserved` of which were reserved before.
/// Errc::too_large if that would go over the quota; nothing has changed then.
Result<> charge(Transaction& tx, UserId user, std::uint64_t bytes, std::uint64_t reserved);

/// Counts `bytes` less as used.
Result<> refund(Transaction& tx, UserId user, std::uint64_t bytes);

}  // namespace coffer
