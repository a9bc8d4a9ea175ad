#include "coffer/password.h"

#include "digest/password.h"
#include "meta/user.h"

namespace coffer {
namespace {

constexpr std::size_t kShortestPassword = 8;
constexpr std::size_t kLongestPassword = 1024;

}  // namespace

Result<User> check_password(App& app, std::string_view name, std::string_view password) {
  Result<User> user = Error{Errc::not_found, ""};
  {
    auto db = app.database.borrow();
    if (!db) return db.error();
    user = find_user(**db, name);
  }
  if (!user && user.error().code != Errc::not_found) return user;
  // The hash is computed for those who do not exist, too: its time tells nobody who does.
  bool right =
      password.size() <= kLongestPassword && verify_password(password, user ? user->password : "");
  if (!right || !user || user->disabled)
    return Error{Errc::unauthenticated, "the name or the password is wrong"};
  return user;
}

Result<> choose_password(App& app, UserId user, std::string_view password, bool one_time) {
  if (password.size() < kShortestPassword || password.size() > kLongestPassword)
    return Error{Errc::invalid_argument, "a password has 8 to 1024 bytes"};
  auto hash = hash_password(password);
  if (!hash) return hash.error();
  return transact(app.database,
                  [&](Transaction& tx) { return set_password(tx, user, *hash, one_time); });
}

}  // namespace coffer
