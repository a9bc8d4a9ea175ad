// user - sign in and out, and make an account
//
//   GET  /user/signin?next=PATH     200  the form
//   POST /user/signin  name=N&password=P&next=PATH
//                                   303  to PATH, with a session cookie; 401 wrong name or password
//   POST /user/signout              303  to the form; the session is over, here and everywhere
//   POST /user/language  lang=L&back=PATH
//                                   303  to PATH, with a cookie that keeps the language: en,
//                                   zh-Hans
//
//   GET  /user/signup?invitation=I  200  the form, if accounts may be made here
//   POST /user/signup  name=N&password=P&again=P&invitation=I
//                                   303  to /, signed in; as JSON 201 {"name":N}; 409 name taken
//
//   400  a field that makes no sense     401  nobody is signed in
//   403  a form that is not from your browser or session
//   404  no such address, no sign-up here, or an invitation that was used or is over
//   405  another method                  413 415  not a small form
//   429  too many wrong passwords, or accounts, from one address
//   503  the database does not answer
//
// From one address (of IPv6: one /64) 5 passwords in 15 minutes may be tried for one account, and
// 50 for all; from another one its owner signs in all the same. Retry-After says how long to wait.

#include "meta/user.h"

#include "base/name.h"
#include "base/text.h"
#include "coffer/app.h"
#include "coffer/entry_view.h"
#include "coffer/page.h"
#include "coffer/password.h"
#include "digest/password.h"
#include "digest/token.h"
#include "http/form.h"
#include "http/language.h"
#include "meta/invitation.h"
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

// The secret of a browser in which nobody is signed in yet; its forms carry what is derived from
// it.
std::string guest_of(const Request& request) {
  std::string guest(guest_token(request));
  return guest.empty() ? random_token() : guest;
}

// A form of such a browser: one that a page of ours made for it.
Result<Fields> read_guest_form(Request& request) {
  if (auto ours = check_origin(request); !ours) return ours.error();
  auto form = read_form(request);
  if (!form) return form;
  auto guest = guest_token(request);
  if (guest.empty() || !proves_token(form->value("csrf"), guest))
    return Error{Errc::permission_denied, "this form is not from your browser: reload the page"};
  return form;
}

Result<Response> show_signin(App& app, const Request& request, std::string_view next,
                             std::string_view name, bool wrong) {
  auto guest = guest_of(request);
  Data data;
  data["title"] = Data(words_for(app, request).say("Sign in"));
  data["csrf"] = Data(prove_token(guest));
  data["next"] = Data(std::string(next));
  data["name"] = Data(std::string(name));
  data["wrong"] = Data(wrong);
  data["open"] = Data(app.config.signup == Config::Signup::open);
  auto page = html_page(app, request, "signin.html", std::move(data), nullptr);
  if (!page) return page;
  if (wrong) page->status = 401;
  page->headers.add("Set-Cookie", guest_cookie(request, guest));
  return page;
}

Result<Response> sign_in(App& app, Request& request) {
  auto form = read_guest_form(request);
  if (!form) return form.error();
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

Result<Response> sign_out(App& app, Request& request) {
  auto caller = require_user_with_any_password(app, request);
  if (!caller) return caller.error();
  auto form = read_form(request);
  if (!form) return form.error();
  if (auto ours = check_csrf(*caller, *form); !ours) return ours.error();
  auto ended = transact(app.database, [&](Transaction& tx) -> Result<> {
    if (auto over = end_session(tx, token_hash(session_token(request))); !over) return over;
    return record(tx, caller->actor, {.owner = caller->user.id, .action = "sign-out"});
  });
  if (!ended) return ended.error();
  auto response = see_other("/user/signin");
  response.headers.add("Set-Cookie", session_cookie(request, ""));
  return response;
}

// The form needs no token, which pages of an error could not give it, but it is a form of ours.
Result<Response> choose_language(App&, Request& request) {
  if (auto ours = check_origin(request); !ours) return ours.error();
  auto form = read_form(request);
  if (!form) return form.error();
  auto language = language_tagged(form->value("lang"));
  if (!language) return Error{Errc::invalid_argument, "'lang' is en or zh-Hans"};
  auto response = see_other(local_path(form->value("back")));
  response.headers.add("Set-Cookie", language_cookie(request, *language));
  return response;
}

// Whether somebody may make an account, with that invitation or without.
Result<> check_signup(App& app, std::string_view invitation) {
  auto policy = app.config.signup;
  if (policy == Config::Signup::closed)
    return Error{Errc::not_found, "accounts are made by the administrator here"};
  if (invitation.empty() && policy == Config::Signup::open) return {};
  auto db = app.database.borrow_read();
  if (!db) return db.error();
  auto found = find_invitation(**db, token_hash(invitation));
  if (!found) return found.error();
  return {};
}

Result<Response> show_signup(App& app, const Request& request, std::string_view invitation,
                             std::string_view name, const Error* error) {
  auto guest = guest_of(request);
  auto words = words_for(app, request);
  Data data;
  data["title"] = Data(words.say("Make an account"));
  data["csrf"] = Data(prove_token(guest));
  data["invitation"] = Data(std::string(invitation));
  data["name"] = Data(std::string(name));
  if (error) data["sentence"] = Data(words.say(error->pattern, error->values));
  auto page = html_page(app, request, "signup.html", std::move(data), nullptr);
  if (!page) return page;
  if (error) page->status = status_of(error->code);
  page->headers.add("Set-Cookie", guest_cookie(request, guest));
  return page;
}

// The least account there is: whatever else a form says, nobody gives themselves more.
Result<UserId> make_account(App& app, const Request& request, const Fields& form) {
  auto name = form.value("name"), password = form.value("password");
  auto invitation = form.value("invitation");
  auto key = user_name_key(name);
  if (!key) return key.error();
  if (is_reserved_name(*key)) return Error{Errc::conflict, "'{}' is taken", {std::string(name)}};
  if (password != form.value("again"))
    return Error{Errc::invalid_argument, "the two passwords differ"};
  if (auto fine = check_new_password(app, name, password); !fine) return fine.error();
  if (auto counted = count_try(app, request, "sign up"); !counted) return counted.error();
  auto hash = hash_password(password);
  if (!hash) return hash.error();
  auto made = transact(app.database, [&](Transaction& tx) -> Result<UserId> {
    Invitation terms;
    if (!invitation.empty()) {
      auto used = use_invitation(tx, token_hash(invitation));
      if (!used) return used.error();
      terms = *used;
    }
    auto user = add_user(tx, {.name = std::string(name),
                              .password = *hash,
                              .quota = terms.quota.value_or(app.config.quota)});
    if (!user) return user;
    auto noted =
        record(tx, actor_of(request, *user), {.owner = *user, .action = "sign-up", .name = name});
    if (!noted) return noted.error();
    return user;
  });
  if (!made && made.error().code == Errc::conflict)
    return Error{Errc::conflict, "'{}' is taken", {std::string(name)}};
  return made;
}

Result<Response> sign_up(App& app, Request& request) {
  auto form = read_guest_form(request);
  if (!form) return form.error();
  auto invitation = form->value("invitation");
  if (auto open = check_signup(app, invitation); !open) return open.error();
  auto made = make_account(app, request, *form);
  bool mistake =
      !made && (made.error().code == Errc::invalid_argument || made.error().code == Errc::conflict);
  if (mistake && wants_html(request))
    return show_signup(app, request, invitation, form->value("name"), &made.error());
  if (!made) return made.error();
  request.notes.add("user", number_text(*made));
  auto token = start_session(app, request, *made);
  if (!token) return token.error();
  JsonWriter json;
  json.begin_object();
  json.member("name", form->value("name"));
  json.end_object();
  auto response = wants_html(request) ? see_other("/") : json_answer(json.text(), 201);
  response.headers.add("Set-Cookie", session_cookie(request, *token));
  return response;
}

Result<Response> answer_signin(App& app, Request& request) {
  if (!request.is_read()) return sign_in(app, request);
  return show_signin(app, request, local_path(request.query.value("next")), "", false);
}

Result<Response> answer_signup(App& app, Request& request) {
  if (!request.is_read()) return sign_up(app, request);
  auto invitation = request.query.value("invitation");
  if (auto open = check_signup(app, invitation); !open) return open.error();
  return show_signup(app, request, invitation, "", nullptr);
}

struct Address {
  std::string_view path;
  std::string_view methods;
  Result<Response> (*answer)(App&, Request&);
};
constexpr Address kAddresses[] = {{"/user/signin", "GET, HEAD, POST", answer_signin},
                                  {"/user/signup", "GET, HEAD, POST", answer_signup},
                                  {"/user/signout", "POST", sign_out},
                                  {"/user/language", "POST", choose_language}};

Result<Response> handle(App& app, Request& request) {
  for (const Address& address : kAddresses) {
    if (request.path != address.path) continue;
    if (auto allowed = allow(request, address.methods); !allowed) return allowed.error();
    return address.answer(app, request);
  }
  return Error{Errc::not_found, "there is nothing at this address"};
}

}  // namespace

int main() { return coffer::run("user", handle); }
