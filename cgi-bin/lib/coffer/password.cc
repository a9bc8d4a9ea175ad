#include "coffer/password.h"

#include <algorithm>
#include <fstream>

#include "base/name.h"
#include "coffer/session.h"
#include "digest/password.h"
#include "digest/token.h"
#include "http/address.h"
#include "meta/guess.h"
#include "meta/user.h"

namespace coffer {
namespace {

constexpr std::ptrdiff_t kFewestCharacters = 8;
constexpr std::size_t kLongestPassword = 1024;

// What makes two names one account makes them one here; what is no name counts as itself.
Sha256 account_named(std::string_view name) {
  auto key = user_name_key(name);
  return token_hash(key ? std::string_view(*key) : name);
}

// UTF-8 begins each character with a byte that is not 10xxxxxx.
std::ptrdiff_t count_characters(std::string_view text) {
  return std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; });
}

Result<bool> is_common(const std::filesystem::path& list, std::string_view folded) {
  std::ifstream file(list);
  if (!file) return Error{Errc::internal, "no list '" + list.string() + "'"};
  for (std::string line; std::getline(file, line);)
    if (line == folded) return true;
  return false;
}

// Also for a name that nobody has, without the name (people write their password there by mistake),
// so that neither the time it takes nor anything else tells who exists.
Result<> note_wrong_password(App& app, const Request& request, UserId user) {
  auto db = app.database.borrow();
  if (!db) return db.error();
  return record(**db, actor_of(request, user), {.owner = user, .action = "wrong-password"});
}

}  // namespace

Result<User> check_password(App& app, const Request& request, std::string_view name,
                            std::string_view password) {
  auto network = network_of(request.remote);
  Guess guess{account_named(name), network};
  auto counted = transact(app.database, [&](Transaction& tx) { return count_guess(tx, guess); });
  if (!counted) return counted.error();
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
  if (!right || !user || user->disabled) {
    if (auto noted = note_wrong_password(app, request, user ? user->id : UserId{}); !noted)
      return noted.error();
    return Error{Errc::unauthenticated, "the name or the password is wrong"};
  }
  auto forgiven = transact(app.database, [&](Transaction& tx) { return forgive_guess(tx, guess); });
  if (!forgiven) return forgiven.error();
  return user;
}

Result<> count_try(App& app, const Request& request, std::string_view what) {
  auto network = network_of(request.remote);
  return transact(app.database, [&](Transaction& tx) {
    return count_guess(tx, {token_hash(what), network});
  });
}

Result<> check_new_password(App& app, std::string_view name, std::string_view password) {
  if (count_characters(password) < kFewestCharacters || password.size() > kLongestPassword)
    return Error{Errc::invalid_argument,
                 "a password has 8 characters or more, and 1024 bytes at most"};
  auto folded = fold_case(password);
  if (folded == fold_case(name))
    return Error{Errc::invalid_argument,
                 "your name is no password: it is the first that others try"};
  auto common = is_common(app.config.root / "conf" / "common-passwords", folded);
  if (!common) return common.error();
  if (*common)
    return Error{Errc::invalid_argument,
                 "that password is one that many people have and others try first: choose another"};
  return {};
}

Result<> choose_password(App& app, const Actor& actor, const User& user, std::string_view password,
                         bool one_time) {
  if (auto fine = check_new_password(app, user.name, password); !fine) return fine;
  auto hash = hash_password(password);
  if (!hash) return hash.error();
  return transact(app.database, [&](Transaction& tx) -> Result<> {
    if (auto set = set_password(tx, user.id, *hash, one_time); !set) return set;
    return record(tx, actor, {.owner = user.id, .action = "password"});
  });
}

}  // namespace coffer
