// user - sign in and out, and one's own account
//
//   GET  /user/signin?next=PATH     200  the form
//   POST /user/signin               303  to PATH, with a session cookie; 401 wrong name or password
//   POST /user/signout              303  to the form; the session is over, here and everywhere
//   POST /user/language  lang=L&back=PATH
//                                   303  to PATH, with a cookie that keeps the language: en,
//                                   zh-Hans
//   GET  /user/account              200  quota, password, API tokens
//   POST /user/account  action=password&current=P&password=N&again=N
//                                   303  every session of yours ends but this one, which is new
//   POST /user/account  action=token&label=L     200  the token, shown this once; as JSON 201
//   POST /user/account  action=revoke&id=I       303  the token is of no more use; as JSON 200
//
//   400  a field that makes no sense     401  nobody is signed in
//   403  a form that is not from your session, or a wrong current password
//   404  no such address or token        405  not a GET or POST
//   413 415  not a small form            503  the database does not answer
//
// API tokens go into Authorization: Bearer TOKEN, or HTTP Basic with your name and the token. A
// browser that is not signed in is sent to the form instead of a 401. Until you have chosen a
// password of your own, every other address answers your browser with 403.

#include "meta/user.h"

#include "base/text.h"
#include "base/time.h"
#include "coffer/account.h"
#include "coffer/app.h"
#include "coffer/entry_view.h"
#include "coffer/page.h"
#include "digest/password.h"
#include "digest/token.h"
#include "http/form.h"
#include "http/language.h"
#include "meta/session.h"

namespace {

using namespace coffer;

Result<Response> show_signin(App& app, const Request& request, std::string_view next,
                             std::string_view name, bool wrong) {
  std::string guest(guest_token(request));
  if (guest.empty()) guest = random_token();
  Data data;
  data["title"] = Data(words_for(app, request).say("Sign in"));
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
  auto user = check_password(app, form->value("name"), form->value("password"));
  if (!user && user.error().code != Errc::unauthenticated) return user.error();
  if (!user) {
    request.notes.add("event", "refused");
    return show_signin(app, request, local_path(form->value("next")), form->value("name"), true);
  }
  request.notes.add("user", number_text(user->id));
  auto token = start_session(app, user->id);
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

Result<Response> choose_language(const Request& request, const Fields& form) {
  auto language = language_tagged(form.value("lang"));
  if (!language) return Error{Errc::invalid_argument, "'lang' is en or zh-Hans"};
  auto response = see_other(local_path(form.value("back")));
  response.headers.add("Set-Cookie", language_cookie(request, *language));
  return response;
}

Result<Response> change_password(App& app, const Request& request, const Caller& caller,
                                 const Fields& form) {
  auto user = check_password(app, caller.user.name, form.value("current"));
  if (!user)
    return user.error().code == Errc::unauthenticated
               ? Error{Errc::permission_denied, "the current password is wrong"}
               : user.error();
  if (form.value("password") != form.value("again"))
    return Error{Errc::invalid_argument, "the two new passwords differ"};
  auto changed = choose_password(app, user->id, form.value("password"), false);
  if (!changed) return changed.error();
  auto response = see_other("/user/account?changed=1");
  if (caller.csrf.empty()) return response;
  auto token = start_session(app, user->id);
  if (!token) return token.error();
  response.headers.add("Set-Cookie", session_cookie(request, *token));
  return response;
}

Result<Response> account(App& app, Request& request, const Caller& caller) {
  if (request.is_read()) return show_account(app, request, caller, "");
  auto form = read_form(request);
  if (!form) return form.error();
  if (auto ours = check_csrf(caller, *form); !ours) return ours.error();
  auto action = form->value("action");
  request.notes.add("action", std::string(action));
  if (action == "password") return change_password(app, request, caller, *form);
  if (caller.user.one_time && !caller.csrf.empty())
    return Error{Errc::permission_denied, "choose a password of your own first"};
  if (action == "token") return make_token(app, request, caller, form->value("label"));
  if (action != "revoke")
    return Error{Errc::invalid_argument, "'action' is password, token or revoke"};
  auto id = number_field(*form, "id");
  if (!id) return id.error();
  auto db = app.database.borrow();
  if (!db) return db.error();
  auto removed = remove_api_token(**db, caller.user.id, TokenId{id->value_or(0)});
  if (!removed) return removed.error();
  if (wants_html(request)) return see_other("/user/account");
  return json_answer("{\"revoked\":1}");
}

Result<Response> handle(App& app, Request& request) {
  if (auto allowed = allow(request, "GET, HEAD, POST"); !allowed) return allowed.error();
  if (request.path == "/user/signin") {
    if (!request.is_read()) return sign_in(app, request);
    return show_signin(app, request, local_path(request.query.value("next")), "", false);
  }
  if (request.path == "/user/language") {
    if (auto allowed = allow(request, "POST"); !allowed) return allowed.error();
    auto form = read_form(request);
    if (!form) return form.error();
    return choose_language(request, *form);
  }
  bool out = request.path == "/user/signout";
  if (!out && request.path != "/user/account")
    return Error{Errc::not_found, "there is nothing at this address"};
  if (auto allowed = out ? allow(request, "POST") : Result<>{}; !allowed) return allowed.error();
  auto caller = require_user_with_any_password(app, request);
  if (!caller) return caller.error();
  request.notes.add("user", number_text(caller->user.id));
  return out ? sign_out(app, request, *caller) : account(app, request, *caller);
}

}  // namespace

int main() { return coffer::run("user", handle); }
