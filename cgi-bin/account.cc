// account - one's own account: password, sessions, API tokens
//
//   GET  /user/account              200  quota, where you are signed in, API tokens
//   POST /user/account  action=password&current=P&password=N&again=N
//                                   303  every session of yours ends but this one, which is new
//   POST /user/account  action=end&id=I          303  that session is over; as JSON 200 {"ended":1}
//   POST /user/account  action=end-others        303  all but this one; as JSON 200 {"ended":N}
//   POST /user/account  action=token&label=L&access=A&folder=F&days=N
//                                   200  the token, shown this once; as JSON 201
//   POST /user/account  action=revoke&id=I       303  the token is of no more use; as JSON 200
//   POST /user/account  action=delete&current=P&name=N
//                                   303  to the form that signs in: the account and its files are
//                                        gone for good; as JSON 200 {"deleted":1}
//
//   400  a field that makes no sense     401  nobody is signed in
//   403  a form that is not from your session, a wrong current password, or a token that may not
//   404  no such session, token or folder          413 415  not a small form
//   405  another method                  429  too many wrong passwords from where you are
//   409  the last administrator cannot go          503  the database does not answer
//
// API tokens go into Authorization: Bearer TOKEN, or HTTP Basic with your name and the token. A is
// read or write (the default); F a folder's id or path: to the token it is the root, and nothing
// else is there; N is after how many days it is of no more use, 1 to 3,650, or nothing for never.
// With a token for reading or for one folder, the account can be looked at and not changed.

#include "coffer/account.h"

#include "coffer/app.h"
#include "coffer/entry_view.h"
#include "coffer/page.h"
#include "coffer/password.h"
#include "digest/token.h"
#include "http/form.h"
#include "meta/session.h"
#include "meta/user.h"

namespace {

using namespace coffer;

constexpr char kPage[] = "/user/account";

// The caller, who has shown to know the password and not only to sit at the screen.
Result<User> check_current(App& app, const Request& request, const Caller& caller,
                           const Fields& form) {
  auto user = check_password(app, request, caller.user.name, form.value("current"));
  if (!user && user.error().code == Errc::unauthenticated)
    return Error{Errc::permission_denied, "the current password is wrong"};
  return user;
}

Result<Response> change_password(App& app, const Request& request, const Caller& caller,
                                 const Fields& form) {
  auto user = check_current(app, request, caller, form);
  if (!user) return user.error();
  if (form.value("password") != form.value("again"))
    return Error{Errc::invalid_argument, "the two new passwords differ"};
  auto chosen = choose_password(app, caller.actor, *user, form.value("password"), false);
  if (!chosen) return chosen.error();
  auto response = see_other("/user/account?changed=1");
  if (caller.csrf.empty()) return response;
  auto token = start_session(app, request, user->id);
  if (!token) return token.error();
  response.headers.add("Set-Cookie", session_cookie(request, *token));
  return response;
}

Result<Response> end_one(App& app, const Request& request, const Caller& caller,
                         const Fields& form) {
  auto id = number_field(form, "id");
  if (!id) return id.error();
  auto ended = transact(app.database, [&](Transaction& tx) -> Result<> {
    if (auto over = end_session(tx, caller.user.id, SessionId{id->value_or(0)}); !over) return over;
    return record(tx, caller.actor, {.owner = caller.user.id, .action = "end-session"});
  });
  if (!ended) return ended.error();
  return changed_answer(request, kPage, "ended", 1);
}

Result<Response> end_others(App& app, const Request& request, const Caller& caller, const Fields&) {
  auto ended = transact(app.database, [&](Transaction& tx) -> Result<std::uint64_t> {
    auto noted = record(tx, caller.actor, {.owner = caller.user.id, .action = "end-sessions"});
    if (!noted) return noted.error();
    return end_other_sessions(tx, caller.user.id, token_hash(session_token(request)));
  });
  if (!ended) return ended.error();
  return changed_answer(request, kPage, "ended", *ended);
}

Result<Response> revoke(App& app, const Request& request, const Caller& caller,
                        const Fields& form) {
  auto id = number_field(form, "id");
  if (!id) return id.error();
  auto removed = transact(app.database, [&](Transaction& tx) -> Result<> {
    auto gone = remove_api_token(tx, caller.user.id, TokenId{id->value_or(0)});
    if (!gone) return gone;
    return record(tx, caller.actor, {.owner = caller.user.id, .action = "revoke"});
  });
  if (!removed) return removed.error();
  return changed_answer(request, kPage, "revoked", 1);
}

Result<Response> remove(App& app, const Request& request, const Caller& caller,
                        const Fields& form) {
  if (form.value("name") != caller.user.name)
    return Error{
        Errc::invalid_argument, "write the account's name, '{}', to delete it", {caller.user.name}};
  auto user = check_current(app, request, caller, form);
  if (!user) return user.error();
  auto closed = transact(app.database, [&](Transaction& tx) -> Result<> {
    if (auto gone = close_user(tx, user->id); !gone) return gone;
    return record(tx, caller.actor,
                  {.owner = user->id, .action = "close-account", .name = user->name});
  });
  if (!closed) return closed.error();
  auto response = changed_answer(request, "/user/signin", "deleted", 1);
  response.headers.add("Set-Cookie", session_cookie(request, ""));
  return response;
}

struct Action {
  std::string_view name;
  Result<Response> (*act)(App&, const Request&, const Caller&, const Fields&);
};
constexpr Action kActions[] = {
    {"password", change_password}, {"end", end_one},   {"end-others", end_others},
    {"token", make_token},         {"revoke", revoke}, {"delete", remove}};

Result<Response> handle(App& app, Request& request) {
  if (auto allowed = allow(request, "GET, HEAD, POST"); !allowed) return allowed.error();
  auto caller = require_user_with_any_password(app, request);
  if (!caller) return caller.error();
  if (request.is_read()) return show_account(app, request, *caller, "");
  auto form = read_form(request);
  if (!form) return form.error();
  if (auto ours = check_csrf(*caller, *form); !ours) return ours.error();
  auto name = form->value("action");
  request.notes.add("action", std::string(name));
  if (caller->user.one_time && !caller->csrf.empty() && name != "password")
    return Error{Errc::permission_denied, "choose a password of your own first"};
  for (const Action& action : kActions)
    if (name == action.name) return action.act(app, request, *caller, *form);
  return Error{Errc::invalid_argument,
               "'action' is password, end, end-others, token, revoke or delete"};
}

}  // namespace

int main() { return coffer::run("account", handle); }
