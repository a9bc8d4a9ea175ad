// Sessions and API tokens: the two ways to prove who one is. Both are kept as SHA-256.

#pragma once

#include <optional>
#include <vector>

#include "meta/types.h"
#include "sql/database.h"

namespace coffer {

/// A session ends when it was not used for two weeks, and after three months in any case.
inline constexpr std::uint64_t kSessionIdleMs = 14ull * 24 * 3600 * 1000;
inline constexpr std::uint64_t kSessionAbsoluteMs = 90ull * 24 * 3600 * 1000;

/// `browser` has 255 bytes at most and `address` 45, without control characters.
Result<> add_session(Connection& db, const Sha256& token_hash, UserId user,
                     std::string_view browser, std::string_view address);

/// Who asks, and the entry of theirs with the id they ask for, if there is one: almost every
/// request needs both, and one statement for two costs two thirds of two.
struct Asker {
  User user;
  Grant grant;
  std::optional<Entry> entry;
};

/// Who is signed in with that token, or Errc::unauthenticated if the session is unknown or
/// over, or the user disabled.
Result<Asker> find_session(Connection& db, const Sha256& token_hash, EntryId wanted);

/// Ends a session; one that is not there is ended already.
Result<> end_session(Connection& db, const Sha256& token_hash);

/// A user's open sessions, the last used first.
Result<std::vector<Session>> list_sessions(Connection& db, UserId user, const Sha256& current);

/// Ends one of a user's sessions, or Errc::not_found.
Result<> end_session(Connection& db, UserId user, SessionId id);

/// Ends all of a user's sessions but one. Returns how many.
Result<std::uint64_t> end_other_sessions(Connection& db, UserId user, const Sha256& current);

/// Removes sessions that are over. Returns how many.
Result<std::uint64_t> sweep_sessions(Connection& db);

struct NewToken {
  UserId user{};
  std::string_view label;
  Grant grant{};
  std::uint64_t days = 0;  // until it expires; 0 for never
};
Result<TokenId> add_api_token(Connection& db, const Sha256& token_hash, const NewToken& token);

/// Whose token that is, or Errc::unauthenticated if it is unknown, revoked or expired.
Result<Asker> find_api_token(Connection& db, const Sha256& token_hash, EntryId wanted);

Result<std::vector<ApiToken>> list_api_tokens(Connection& db, UserId user);

/// Errc::not_found if the user has no such token.
Result<> remove_api_token(Connection& db, UserId user, TokenId id);

}  // namespace coffer
