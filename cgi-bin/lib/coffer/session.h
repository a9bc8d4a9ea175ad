// Sessions: who is asking, and whether they themselves meant to.

#pragma once

#include <optional>
#include <string>

#include "coffer/app.h"
#include "meta/event.h"
#include "meta/types.h"

namespace coffer {

/// Who asks. `csrf` is what their forms must prove to know; "" for a program with a token, which no
/// foreign page can make send anything. `grant` is enforced before a handler sees it: a change
/// needs may_write, and only /file/ (and reading one's account) is open to who is confined to a
/// folder; which entries there are for them is decided by coffer/locate.h.
struct Caller {
  User user;
  std::string csrf;
  Actor actor{};  // they, by this request
  Grant grant{};
  std::optional<Entry> entry{};  // theirs, if the request's `id` or `folder` is the id of one

  bool confined() const { return grant.root != kRoot; }
};

/// The user behind the request's token (Authorization: Bearer, or Basic with the token as the
/// password) or session cookie. Errc::unauthenticated; Errc::permission_denied for a change
/// that a foreign page asked for, for what a token was not made for, or while the user has a
/// one-time password; Errc::not_found if the folder that a token is for is gone.
/// What a request was let in for it may finish, though the session or token ends meanwhile; but
/// nothing of it becomes a file of a user who is disabled (meta/user.h, charge()).
/// Notes the user for the log, and whether the answer comes from a replica in the primary's place.
Result<Caller> require_user(Connection& db, Request& request);

/// The same, on a connection borrowed for it: for a change one to the primary.
Result<Caller> require_user(App& app, Request& request);

/// The same again, also for a user who has yet to choose a password.
Result<Caller> require_user_with_any_password(Connection& db, Request& request);
Result<Caller> require_user_with_any_password(App& app, Request& request);

/// require_user() for a request that makes a change whatever its method.
Result<Caller> require_writer(App& app, Request& request);

/// Errc::permission_denied unless `form` proves in `csrf` to know the caller's token.
Result<> check_csrf(const Caller& caller, const Fields& form);

/// Errc::permission_denied if the browser says that another site's page sent the request.
Result<> check_origin(const Request& request);

/// Opens a session for the browser that sent the request, and ends the one it had, if any.
/// Returns the token for its cookie.
Result<std::string> start_session(App& app, const Request& request, UserId user);

/// Who made a request, for the events it causes.
Actor actor_of(const Request& request, UserId user);

/// Set-Cookie for a session or, before there is one, for the form that signs in.
std::string session_cookie(const Request& request, std::string_view token);
std::string guest_cookie(const Request& request, std::string_view token);

/// The tokens in those cookies, "" where there is none.
std::string_view session_token(const Request& request);
std::string_view guest_token(const Request& request);

}  // namespace coffer
