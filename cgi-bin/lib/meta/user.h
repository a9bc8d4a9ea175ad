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

/// A user, and when a session or token of theirs was last used, as far as that is known.
struct SeenUser {
  User user;
  Time seen{};
};

/// By name, from after the one called `after` on, those who have not left; at most `limit`.
Result<std::vector<SeenUser>> list_users(Connection& db, std::string_view after, std::size_t limit);

/// Sets a password and ends all of the user's sessions.
Result<> set_password(Transaction& tx, UserId user, std::string_view hash, bool one_time);

Result<> set_quota(Connection& db, UserId user, std::uint64_t bytes);

/// A disabled user is refused everywhere; their sessions end, their files stay. Errc::conflict for
/// the last administrator.
Result<> set_disabled(Transaction& tx, UserId user, bool disabled);

/// Closes an account for good: nobody is let in any more, and the sweeper takes what it has.
/// Errc::conflict for the last administrator.
Result<> close_user(Transaction& tx, UserId user);

/// Accounts closed a minute ago or earlier, when no request of theirs can still be under way that
/// was let in before. (An upload may be; it is not charged, and fails.)
Result<std::vector<UserId>> closed_users(Connection& db);

/// Forgets a closed account, and its name is free. False if it still has entries or uploads.
Result<bool> forget_user(Transaction& tx, UserId user);

/// Locks the user's counters until the transaction ends, for one that will change them and locks
/// several rows besides. Whoever does so takes the user first, and blobs last.
Result<> lock_user(Transaction& tx, UserId user);

/// Counts a change to what is the user's, in the transaction that makes it. record() does so too.
Result<> count_change(Connection& db, UserId user);

/// Whether a replica has all that is the user's as the primary had it when it gave `user`. A
/// transaction is there whole or not at all, so their count of changes says so.
bool has_reached(Connection& replica, const User& user);

/// Counts `bytes` more as used, `reserved` of which were reserved before.
/// Errc::too_large if that would go over the quota, Errc::unauthenticated for a disabled user, who
/// was let in before; nothing has changed then.
Result<> charge(Transaction& tx, UserId user, std::uint64_t bytes, std::uint64_t reserved);

/// Counts `bytes` less as used.
Result<> refund(Transaction& tx, UserId user, std::uint64_t bytes);

}  // namespace coffer
