#include "meta/session.h"

#include "meta/entry_row.h"

namespace coffer {
namespace {

constexpr char kAddSession[] =
    "INSERT INTO session (token_hash, user, browser, address, created, seen)"
    " VALUES (?, ?, ?, ?, UNIX_TIMESTAMP(NOW(3)) * 1000, UNIX_TIMESTAMP(NOW(3)) * 1000)";
#define IS_OPEN                                \
  "s.seen > UNIX_TIMESTAMP(NOW(3)) * 1000 - ?" \
  " AND s.created > UNIX_TIMESTAMP(NOW(3)) * 1000 - ?"
#define IS_STALE "seen < UNIX_TIMESTAMP(NOW(3)) * 1000 - 3600000, "
#define USER_COLUMNS "u.id, u.name, u.one_time, u.admin, u.quota, u.used, u.reserved, u.changes, "
#define WANTED_ENTRY " LEFT JOIN entry e ON e.id = ? AND e.owner = u.id AND e.parent <> 2"
constexpr char kFindSession[] = "SELECT s." IS_STALE USER_COLUMNS "TRUE, 0, " ENTRY_COLUMNS
                                " FROM session s JOIN user u ON u.id = s.user" WANTED_ENTRY
                                " WHERE s.token_hash = ? AND NOT u.disabled AND " IS_OPEN;
constexpr char kSeeSession[] =
    "UPDATE session SET seen = UNIX_TIMESTAMP(NOW(3)) * 1000 WHERE token_hash = ?";
constexpr char kEndSession[] = "DELETE FROM session WHERE token_hash = ?";
constexpr char kEndOneSession[] = "DELETE FROM session WHERE user = ? AND id = ?";
constexpr char kEndOtherSessions[] = "DELETE FROM session WHERE user = ? AND token_hash <> ?";
constexpr char kListSessions[] =
    "SELECT s.id, s.browser, s.address, s.created, s.seen, s.token_hash = ? FROM session s"
    " WHERE s.user = ? AND " IS_OPEN " ORDER BY s.seen DESC, s.id DESC";
constexpr char kSweepSessions[] =
    "DELETE FROM session WHERE seen <= UNIX_TIMESTAMP(NOW(3)) * 1000 - ?"
    " OR created <= UNIX_TIMESTAMP(NOW(3)) * 1000 - ?";

constexpr char kAddToken[] =
    "INSERT INTO api_token (token_hash, user, label, may_write, folder, expires, created, seen)"
    " VALUES (?, ?, ?, ?, ?, IF(? = 0, NULL, UNIX_TIMESTAMP(NOW(3)) * 1000 + ? * 86400000),"
    " UNIX_TIMESTAMP(NOW(3)) * 1000, 0)";
#define IS_EXPIRED "COALESCE(t.expires <= UNIX_TIMESTAMP(NOW(3)) * 1000, FALSE)"
constexpr char kFindToken[] =
    "SELECT t." IS_STALE USER_COLUMNS "t.may_write, t.folder, " ENTRY_COLUMNS
    " FROM api_token t JOIN user u ON u.id = t.user" WANTED_ENTRY
    " WHERE t.token_hash = ? AND NOT u.disabled AND NOT " IS_EXPIRED;
constexpr char kSeeToken[] =
    "UPDATE api_token SET seen = UNIX_TIMESTAMP(NOW(3)) * 1000 WHERE token_hash = ?";
constexpr char kListTokens[] =
    "SELECT t.id, t.label, t.may_write, t.folder, t.created, t.seen, t.expires, " IS_EXPIRED
    " FROM api_token t WHERE t.user = ? ORDER BY t.id";
constexpr char kRemoveToken[] = "DELETE FROM api_token WHERE user = ? AND id = ?";

constexpr std::size_t kFirstOfEntry = 11;

// Finds the user behind a token, and notes once an hour that it is in use: a write with
// every request would be a commit with every request.
Result<Asker> find_and_see(Connection& db, const char* find, std::initializer_list<Value> values,
                           const char* see, const Sha256& token_hash) {
  Asker asker;
  bool stale = false;
  auto found = db.query(find, values, [&](const Row& row) {
    stale = row.number(0) != 0;
    asker.user = {.id = row.id<UserId>(1),
                  .name = std::string(row.text(2)),
                  .password = {},
                  .one_time = row.number(3) != 0,
                  .admin = row.number(4) != 0,
                  .disabled = false,
                  .quota = row.number(5),
                  .used = row.number(6),
                  .reserved = row.number(7),
                  .changes = row.number(8)};
    asker.grant = {.may_write = row.number(9) != 0, .root = row.id<EntryId>(10)};
    if (!row.null(kFirstOfEntry)) asker.entry = entry_of(row, kFirstOfEntry);
  });
  if (!found) return found.error();
  if (asker.user.id == UserId{}) return Error{Errc::unauthenticated, "please sign in"};
  if (!stale || !db.role.primary) return asker;
  if (auto seen = db.run(see, {token_hash}); !seen) return seen.error();
  return asker;
}

}  // namespace

Result<> add_session(Connection& db, const Sha256& token_hash, UserId user,
                     std::string_view browser, std::string_view address) {
  auto added = db.run(kAddSession, {token_hash, user, browser, address});
  if (!added) return added.error();
  return {};
}

Result<Asker> find_session(Connection& db, const Sha256& token_hash, EntryId wanted) {
  return find_and_see(db, kFindSession, {wanted, token_hash, kSessionIdleMs, kSessionAbsoluteMs},
                      kSeeSession, token_hash);
}

Result<> end_session(Connection& db, const Sha256& token_hash) {
  auto ended = db.run(kEndSession, {token_hash});
  if (!ended) return ended.error();
  return {};
}

Result<std::vector<Session>> list_sessions(Connection& db, UserId user, const Sha256& current) {
  std::vector<Session> sessions;
  auto found = db.query(kListSessions, {current, user, kSessionIdleMs, kSessionAbsoluteMs},
                        [&](const Row& row) {
                          sessions.push_back({.id = row.id<SessionId>(0),
                                              .browser = std::string(row.text(1)),
                                              .address = std::string(row.text(2)),
                                              .created = row.id<Time>(3),
                                              .seen = row.id<Time>(4),
                                              .current = row.number(5) != 0});
                        });
  if (!found) return found.error();
  return sessions;
}

Result<> end_session(Connection& db, UserId user, SessionId id) {
  return expect_one(db.run(kEndOneSession, {user, id}), {Errc::not_found, "no such session"});
}

Result<std::uint64_t> end_other_sessions(Connection& db, UserId user, const Sha256& current) {
  auto ended = db.run(kEndOtherSessions, {user, current});
  if (!ended) return ended.error();
  return ended->rows;
}

Result<std::uint64_t> sweep_sessions(Connection& db) {
  auto swept = db.run(kSweepSessions, {kSessionIdleMs, kSessionAbsoluteMs});
  if (!swept) return swept.error();
  return swept->rows;
}

Result<TokenId> add_api_token(Connection& db, const Sha256& token_hash, const NewToken& token) {
  auto added = db.run(kAddToken, {token_hash, token.user, token.label, token.grant.may_write,
                                  token.grant.root, token.days, token.days});
  if (!added) return added.error();
  return TokenId{added->id};
}

Result<Asker> find_api_token(Connection& db, const Sha256& token_hash, EntryId wanted) {
  return find_and_see(db, kFindToken, {wanted, token_hash}, kSeeToken, token_hash);
}

Result<std::vector<ApiToken>> list_api_tokens(Connection& db, UserId user) {
  std::vector<ApiToken> tokens;
  auto found = db.query(kListTokens, {user}, [&](const Row& row) {
    ApiToken token{.id = row.id<TokenId>(0),
                   .label = std::string(row.text(1)),
                   .grant = {.may_write = row.number(2) != 0, .root = row.id<EntryId>(3)},
                   .created = row.id<Time>(4),
                   .seen = row.id<Time>(5),
                   .expires = {},
                   .expired = row.number(7) != 0};
    if (!row.null(6)) token.expires = row.id<Time>(6);
    tokens.push_back(std::move(token));
  });
  if (!found) return found.error();
  return tokens;
}

Result<> remove_api_token(Connection& db, UserId user, TokenId id) {
  return expect_one(db.run(kRemoveToken, {user, id}), {Errc::not_found, "no such token"});
}

}  // namespace coffer
