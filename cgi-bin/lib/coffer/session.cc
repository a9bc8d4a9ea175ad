#include "coffer/session.h"

#include "base/name.h"
#include "base/text.h"
#include "digest/token.h"
#include "http/browser.h"
#include "meta/entry.h"
#include "meta/session.h"

namespace coffer {
namespace {

// What their columns hold.
constexpr std::size_t kMostBrowser = 255;
constexpr std::size_t kMostAddress = 45;

// Under TLS the name's prefix makes the browser refuse it from anywhere but this very host.
std::string cookie_name(const Request& request, std::string_view name) {
  return std::string(request.tls ? "__Host-" : "") + std::string(name);
}

std::string cookie(const Request& request, std::string_view name, std::string_view token) {
  std::string text =
      cookie_name(request, name) + "=" + std::string(token) + "; Path=/; HttpOnly; SameSite=Lax";
  if (request.tls) text += "; Secure";
  text += token.empty() ? "; Max-Age=0" : "; Max-Age=7776000";
  return text;
}

Error unauthenticated() { return {Errc::unauthenticated, "please sign in"}; }

// The id of the entry that the request is about, as far as its address tells.
EntryId entry_in(const Request& request) {
  auto id = request.query.get("id");
  if (!id) id = request.query.get("folder");
  return EntryId{parse_number(id.value_or("")).value_or(0)};
}

Result<Asker> asker_of_basic(Connection& db, std::string_view credentials, EntryId wanted) {
  auto decoded = unbase64(credentials);
  if (!decoded) return unauthenticated();
  auto text = text_of(*decoded);
  auto colon = text.find(':');
  if (colon == text.npos) return unauthenticated();
  auto asker = find_api_token(db, token_hash(text.substr(colon + 1)), wanted);
  if (!asker) return asker;
  auto said = user_name_key(text.substr(0, colon)), is = user_name_key(asker->user.name);
  if (!said || !is || *said != *is) return unauthenticated();
  return asker;
}

Caller caller_from(const Request& request, Asker asker, std::string csrf) {
  auto actor = actor_of(request, asker.user.id);
  return {.user = std::move(asker.user),
          .csrf = std::move(csrf),
          .actor = std::move(actor),
          .grant = asker.grant,
          .entry = std::move(asker.entry)};
}

Result<Caller> caller_of(Connection& db, const Request& request) {
  auto wanted = entry_in(request);
  if (auto header = request.headers.get("authorization")) {
    auto space = std::min(header->find(' '), header->size());
    auto scheme = lower(header->substr(0, space));
    auto credentials = trim(header->substr(space));
    auto asker = scheme == "bearer"  ? find_api_token(db, token_hash(credentials), wanted)
                 : scheme == "basic" ? asker_of_basic(db, credentials, wanted)
                                     : unauthenticated();
    if (!asker) return asker.error();
    return caller_from(request, std::move(*asker), "");
  }
  auto token = session_token(request);
  if (token.empty()) return unauthenticated();
  auto asker = find_session(db, token_hash(token), wanted);
  if (!asker) return asker.error();
  return caller_from(request, std::move(*asker), derive_token(token, "csrf"));
}

// Whether the token is for such a request at all. What is not listed is not open to a confined
// one, and so nothing that is added later.
Result<> check_grant(Connection& db, const Request& request, const Caller& caller, bool change) {
  if (!caller.grant.may_write && change)
    return Error{Errc::permission_denied, "this token is for reading only"};
  if (!caller.confined()) return {};
  bool files = request.path == "/" || request.path.starts_with("/file/");
  if (!files && !(request.path == "/user/account" && !change))
    return Error{Errc::permission_denied, "this token is for the files of one folder only"};
  Error gone{Errc::not_found, "the folder that this token is for is not there any more"};
  auto root = find_entry(db, caller.user.id, caller.grant.root);
  if (!root) return root.error().code == Errc::not_found ? gone : root.error();
  auto path = find_path(db, caller.user.id, *root);
  if (!path) return path.error();
  return path->front().trashed ? gone : Result<>{};
}

// The caller, who has meant to ask for a change if the request is one.
Result<Caller> checked_caller_of(Connection& db, Request& request, bool change) {
  request.read_only = !db.role.primary;
  auto caller = caller_of(db, request);
  if (!caller) return caller;
  if (auto granted = check_grant(db, request, *caller, change); !granted) return granted.error();
  if (change)
    if (auto ours = check_origin(request); !ours) return ours.error();
  request.notes.add("user", std::to_string(std::uint64_t(caller->user.id)));
  return caller;
}

Result<Caller> with_chosen_password(Result<Caller> caller) {
  if (!caller || !caller->user.one_time || caller->csrf.empty()) return caller;
  return Error{Errc::permission_denied, "choose a password of your own first, at /user/account"};
}

}  // namespace

Result<> check_origin(const Request& request) {
  Error foreign{Errc::permission_denied, "that came from a page of another site"};
  auto site = request.headers.value("sec-fetch-site");
  if (site == "cross-site" || site == "same-site") return foreign;
  auto origin = request.headers.get("origin");
  if (!origin) return {};
  auto scheme = origin->find("://");
  if (scheme == origin->npos || origin->substr(scheme + 3) != request.headers.value("host"))
    return foreign;
  return {};
}

Result<Caller> require_user_with_any_password(App& app, Request& request) {
  auto db = request.is_read() ? app.database.borrow_read() : app.database.borrow();
  if (!db) return db.error();
  return require_user_with_any_password(**db, request);
}

Result<Caller> require_user_with_any_password(Connection& db, Request& request) {
  return checked_caller_of(db, request, !request.is_read());
}

Result<Caller> require_user(App& app, Request& request) {
  return with_chosen_password(require_user_with_any_password(app, request));
}

Result<Caller> require_user(Connection& db, Request& request) {
  return with_chosen_password(require_user_with_any_password(db, request));
}

Result<Caller> require_writer(App& app, Request& request) {
  auto db = app.database.borrow();
  if (!db) return db.error();
  return with_chosen_password(checked_caller_of(**db, request, true));
}

Result<> check_csrf(const Caller& caller, const Fields& form) {
  if (caller.csrf.empty() || proves_token(form.value("csrf"), caller.csrf)) return {};
  return Error{Errc::permission_denied,
               "this form is not from your session: reload the page and send it again"};
}

Actor actor_of(const Request& request, UserId user) {
  return {user, printable(request.remote, kMostAddress), request.id};
}

Result<std::string> start_session(App& app, const Request& request, UserId user) {
  auto token = random_token();
  auto browser = printable(request.headers.value("user-agent"), kMostBrowser);
  auto actor = actor_of(request, user);
  auto started = transact(app.database, [&](Transaction& tx) -> Result<> {
    if (auto old = session_token(request); !old.empty())
      if (auto ended = end_session(tx, token_hash(old)); !ended) return ended;
    if (auto added = add_session(tx, token_hash(token), user, browser, actor.address); !added)
      return added;
    return record(tx, actor, {.owner = user, .action = "sign-in"});
  });
  if (!started) return started.error();
  return token;
}

std::string session_cookie(const Request& request, std::string_view token) {
  return cookie(request, "coffer", token);
}

std::string guest_cookie(const Request& request, std::string_view token) {
  return cookie(request, "coffer-guest", token);
}

std::string_view session_token(const Request& request) {
  return request.cookies.value(cookie_name(request, "coffer"));
}

std::string_view guest_token(const Request& request) {
  return request.cookies.value(cookie_name(request, "coffer-guest"));
}

}  // namespace coffer
