// admin - the accounts, for an administrator
//
//   GET  /user/admin?after=NAME&limit=N          200  N accounts (100) by name, from after NAME on
//   POST /user/admin  action=add&name=N&quota=Q  200  a password to be used once, shown this once;
//                                                     as JSON 201 {"name":N,"password":P}
//   POST /user/admin  action=invite&quota=Q&days=D
//                                                200  a link to make an account with, shown this
//                                                     once; as JSON 201 {"invitation":PATH}
//   POST /user/admin  action=quota&name=N&quota=Q
//   POST /user/admin  action=disable&name=N      refused everywhere at once; files stay
//   POST /user/admin  action=enable&name=N
//                                                303  done; as JSON 200 {"changed":1}
//
// Q is in bytes, or "10 GB"; without it the account has the quota of coffer.conf. D is 1 to 365,
// 7 if not said; N at most 1,000.
//
//   400  a field that makes no sense     401  nobody is signed in
//   403  a form that is not from your session
//   404  no such account; for who is no administrator, no such address
//   409  the name is taken, or you would disable yourself
//   413 415  not a small form            405  another method
//   503  the database does not answer
//
// An administrator sees how much others have, and never what.

#include "base/size.h"
#include "base/text.h"
#include "base/time.h"
#include "coffer/app.h"
#include "coffer/entry_view.h"
#include "coffer/page.h"
#include "digest/password.h"
#include "digest/token.h"
#include "http/form.h"
#include "meta/invitation.h"
#include "meta/user.h"

namespace {

using namespace coffer;

constexpr std::uint64_t kMostUsers = 1000;
constexpr std::uint64_t kMostDays = 365;

// What an action has made, to be shown on the page, this once.
struct Shown {
  std::string name;
  std::string password;
  std::string invitation;
};

std::string users_json(const std::vector<SeenUser>& users, bool more) {
  JsonWriter json;
  json.begin_object();
  json.key("users");
  json.begin_array();
  for (const auto& [user, seen] : users) {
    json.begin_object();
    json.member("name", user.name);
    json.member("admin", user.admin);
    json.member("disabled", user.disabled);
    json.member("quota", user.quota);
    json.member("used", user.used);
    if (seen != Time{}) json.member("seen", iso_time(std::uint64_t(seen)));
    json.end_object();
  }
  json.end_array();
  if (more) json.member("next", users.back().user.name);
  json.end_object();
  return std::move(json.text());
}

Data users_data(const Words& words, const std::vector<SeenUser>& users, UserId self) {
  Data list(Data::type::list);
  for (const auto& [user, seen] : users) {
    Data row;
    row["name"] = Data(user.name);
    row["admin"] = Data(user.admin);
    row["disabled"] = Data(user.disabled);
    row["self"] = Data(user.id == self);
    row["used"] = Data(human_size(user.used));
    row["quota"] = Data(human_size(user.quota));
    row["seen"] = Data(seen == Time{} ? words.say("never")
                                      : written_time(words.language, std::uint64_t(seen)));
    list.push_back(std::move(row));
  }
  return list;
}

Result<Response> show(App& app, const Request& request, const Caller& caller, const Shown& shown) {
  auto limit = number_field(request.query, "limit");
  if (!limit) return limit.error();
  auto most = limit->value_or(100);
  if (most < 1 || most > kMostUsers) return Error{Errc::invalid_argument, "'limit' is 1 to 1000"};
  Result<std::vector<SeenUser>> users = std::vector<SeenUser>{};
  {
    auto db = app.database.borrow_read();
    if (!db) return db.error();
    users = list_users(**db, request.query.value("after"), most + 1);
  }
  if (!users) return users.error();
  bool more = users->size() > most;
  if (more) users->pop_back();
  if (!wants_html(request)) return json_answer(users_json(*users, more));
  auto words = words_for(app, request);
  Data data;
  data["title"] = Data(words.say("Accounts"));
  data["users"] = users_data(words, *users, caller.user.id);
  if (more) data["next"] = Data(percent_encode(users->back().user.name));
  data["made_name"] = Data(shown.name);
  data["made"] = Data(!shown.password.empty());
  data["password"] = Data(shown.password);
  data["invited"] = Data(!shown.invitation.empty());
  data["invitation"] = Data(shown.invitation);
  data["closed"] = Data(app.config.signup == Config::Signup::closed);
  return html_page(app, request, "admin.html", std::move(data), &caller);
}

// The form's quota, or nothing for the default.
Result<std::optional<std::uint64_t>> quota_in(const Fields& form) {
  auto text = form.value("quota");
  if (text.empty()) return std::optional<std::uint64_t>{};
  auto bytes = parse_size(text);
  if (!bytes)
    return Error{Errc::invalid_argument, "'{}' is not a size such as 10 GB", {std::string(text)}};
  return bytes;
}

Result<Response> add(App& app, const Request& request, const Caller& caller, const Fields& form) {
  auto quota = quota_in(form);
  if (!quota) return quota.error();
  std::string name(form.value("name"));
  auto password = random_password();
  auto hash = hash_password(password);
  if (!hash) return hash.error();
  auto added = transact(app.database, [&](Transaction& tx) -> Result<> {
    auto user = add_user(tx, {.name = name,
                              .password = *hash,
                              .one_time = true,
                              .quota = quota->value_or(app.config.quota)});
    if (!user) return user.error();
    return record(tx, caller.actor, {.owner = *user, .action = "account", .name = name});
  });
  if (!added && added.error().code == Errc::conflict)
    return Error{Errc::conflict, "'{}' is taken", {name}};
  if (!added) return added.error();
  if (wants_html(request)) return show(app, request, caller, {name, password, {}});
  JsonWriter json;
  json.begin_object();
  json.member("name", name);
  json.member("password", password);
  json.end_object();
  return json_answer(json.text(), 201);
}

Result<Response> invite(App& app, const Request& request, const Caller& caller,
                        const Fields& form) {
  auto quota = quota_in(form);
  if (!quota) return quota.error();
  auto days = number_field(form, "days");
  if (!days) return days.error();
  auto length = days->value_or(kInvitationDays);
  if (length < 1 || length > kMostDays) return Error{Errc::invalid_argument, "'days' is 1 to 365"};
  auto token = random_token();
  auto added = transact(app.database, [&](Transaction& tx) -> Result<> {
    auto done = add_invitation(tx, token_hash(token), {*quota}, length);
    if (!done) return done;
    return record(tx, caller.actor, {.owner = caller.user.id, .action = "invite"});
  });
  if (!added) return added.error();
  auto path = "/user/signup?invitation=" + token;
  if (wants_html(request)) {
    auto host = std::string(request.headers.value("host"));
    return show(app, request, caller,
                {{}, {}, (request.tls ? "https://" : "http://") + host + path});
  }
  JsonWriter json;
  json.begin_object();
  json.member("invitation", path);
  json.end_object();
  return json_answer(json.text(), 201);
}

// A change of one account, which the form names.
template <class Change>
Result<Response> change(App& app, const Request& request, const Caller& caller, const Fields& form,
                        Change&& apply) {
  auto done = transact(app.database, [&](Transaction& tx) -> Result<> {
    auto user = find_user(tx, form.value("name"));
    if (!user) return user.error();
    if (auto applied = apply(tx, *user); !applied) return applied;
    return record(tx, caller.actor,
                  {.owner = user->id, .action = form.value("action"), .name = user->name});
  });
  if (!done) return done.error();
  return changed_answer(request, "/user/admin", "changed", 1);
}

Result<Response> quota(App& app, const Request& request, const Caller& caller, const Fields& form) {
  auto bytes = quota_in(form);
  if (!bytes) return bytes.error();
  return change(app, request, caller, form, [&](Transaction& tx, const User& user) {
    return set_quota(tx, user.id, bytes->value_or(app.config.quota));
  });
}

Result<Response> disable(App& app, const Request& request, const Caller& caller,
                         const Fields& form) {
  return change(app, request, caller, form, [&](Transaction& tx, const User& user) -> Result<> {
    if (user.id == caller.user.id)
      return Error{Errc::conflict, "you cannot disable your own account"};
    return set_disabled(tx, user.id, true);
  });
}

Result<Response> enable(App& app, const Request& request, const Caller& caller,
                        const Fields& form) {
  return change(app, request, caller, form,
                [](Transaction& tx, const User& user) { return set_disabled(tx, user.id, false); });
}

struct Action {
  std::string_view name;
  Result<Response> (*act)(App&, const Request&, const Caller&, const Fields&);
};
constexpr Action kActions[] = {
    {"add", add}, {"invite", invite}, {"quota", quota}, {"disable", disable}, {"enable", enable}};

Result<Response> handle(App& app, Request& request) {
  if (auto allowed = allow(request, "GET, HEAD, POST"); !allowed) return allowed.error();
  auto caller = require_user(app, request);
  if (!caller) return caller.error();
  if (!caller->user.admin) return Error{Errc::not_found, "there is nothing at this address"};
  if (request.is_read()) return show(app, request, *caller, {});
  auto form = read_form(request);
  if (!form) return form.error();
  if (auto ours = check_csrf(*caller, *form); !ours) return ours.error();
  request.notes.add("action", std::string(form->value("action")));
  for (const Action& action : kActions)
    if (form->value("action") == action.name) return action.act(app, request, *caller, *form);
  return Error{Errc::invalid_argument, "'action' is add, invite, quota, disable or enable"};
}

}  // namespace

int main() { return coffer::run("admin", handle); }
