// user - sign in and out
//
//   GET  /user/signin?next=PATH     200  the form
//   POST /user/signin  name=N&password=P&next=PATH
//                                   303  to PATH, with a session cookie; 401 wrong name or password
//   POST /user/signout              303  to the form; the session is over, here and everywhere
//
//   400  a field that makes no sense     401  nobody is signed in
//   403  a form that is not from your browser or session
//   404  no such address                 405  another method
//   413  more than a small form          429  too many wrong passwords, from one address
//   503  the database does not answer
//
// From one address (of IPv6: one /64) 5 passwords in 15 minutes may be tried for one account, and
// 50 for all; from another one its owner signs in all the same. Retry-After says how long to wait.

#include "base/text.h"
#include "coffer/app.h"
#include "coffer/entry_view.h"
#include "coffer/page.h"
#include "coffer/password.h"
#include "digest/token.h"
#include "http/form.h"
#include "meta/session.h"

namespace {

using namespace coffer;

// Where to go after signing in: `text` if it is a path of ours, else "/". Whatever a browser could
// read as another host is not.
std::string local_path(std::string_view text) {
  bool ours = text.starts_with('/') && !text.starts_with("//");
  for (char c : text) ours = ours && c > 0x20 && c < 0x7f && c != '\\';
  return ours ? std::string(text) : "/";
}

Result<Response> show_signin(App& app, const Request& request, std::string_view next,
                             std::string_view name, bool wrong) {
  std::string guest(guest_token(request));
  if (guest.empty()) guest = random_token();
  Data data;
  data["title"] = Data("Sign in");
  data["csrf"] = Data(derive_token(guest, "csrf"));
  data["next"] = Data(std::string(next));
  data["name"] = Data(std::string(name));
  data["wrong"] = Data(wrong);
  auto page = html_page(app, request, "signin.html", std::move(data), nullptr);
  if (!page) return page;
  if (wrong) page->status = 401;
  page->headers.add("Set-Cookie", guest_cookie(request, guest));
  return page;
}

Result<Response> sign_in(App& app, Request& request) {
  if (auto ours = check_origin(request); !ours) return ours.error();
  auto form = read_form(request);
  if (!form) return form.error();
  auto guest = guest_token(request);
  if (guest.empty() || !equal_secrets(form->value("csrf"), derive_token(guest, "csrf")))
    return Error{Errc::permission_denied, "this form is not from your browser: reload the page"};
  auto user = check_password(app, request, form->value("name"), form->value("password"));
  if (!user && user.error().code != Errc::unauthenticated) return user.error();
  if (!user) {
    request.notes.add("event", "refused");
    return show_signin(app, request, local_path(form->value("next")), form->value("name"), true);
  }
  request.notes.add("user", number_text(user->id));
  auto token = start_session(app, request, user->id);
  if (!token) return token.error();
  auto next = user->one_time ? "/user/account" : local_path(form->value("next"));
  auto response = see_other(next);
  response.headers.add("Set-Cookie", session_cookie(request, *token));
  return response;
}

Result<Response> sign_out(App& app, Request& request, const Caller& caller) {
  auto form = read_form(request);
  if (!form) return form.error();
  if (auto ours = check_csrf(caller, *form); !ours) return ours.error();
  auto db = app.database.borrow();
  if (!db) return db.error();
  auto ended = end_session(**db, token_hash(session_token(request)));
  if (!ended) return ended.error();
  auto response = see_other("/user/signin");
  response.headers.add("Set-Cookie", session_cookie(request, ""));
  return response;
}

Result<Response> handle(App& app, Request& request) {
  if (auto allowed = allow(request, "GET, HEAD, POST"); !allowed) return allowed.error();
  if (request.path == "/user/signin") {
    if (!request.is_read()) return sign_in(app, request);
    return show_signin(app, request, local_path(request.query.value("next")), "", false);
  }
  if (request.path != "/user/signout")
    return Error{Errc::not_found, "there is nothing at this address"};
  if (auto allowed = allow(request, "POST"); !allowed) return allowed.error();
  auto caller = require_user_with_any_password(app, request);
  if (!caller) return caller.error();
  request.notes.add("user", number_text(caller->user.id));
  return sign_out(app, request, *caller);
}

}  // namespace

int main() { return coffer::run("user", handle); }
