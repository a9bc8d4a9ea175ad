#include "coffer/account.h"

#include "base/json.h"
#include "base/name.h"
#include "base/text.h"
#include "base/time.h"
#include "coffer/entry_view.h"
#include "coffer/page.h"
#include "digest/token.h"
#include "http/browser.h"
#include "http/language.h"
#include "meta/session.h"

namespace coffer {
namespace {

constexpr std::size_t kLongestLabel = 64;

// How the account looks to one reader.
struct AccountView {
  App& app;
  Language language;
  const User& user;
  std::vector<Session> sessions;
  std::vector<ApiToken> tokens;

  std::string browser_text(const Session& session) const;
  std::string json() const;
  Data data() const;
  Data session_data() const;
  Data token_data() const;
};

std::string AccountView::browser_text(const Session& session) const {
  auto browser = browser_of(session.browser);
  std::string name(browser.name), system(browser.system);
  if (name.empty()) name = app.views.say(language, "a browser");
  return system.empty() ? name : app.views.say(language, "{} on {}", {name, system});
}

std::string AccountView::json() const {
  JsonWriter json;
  json.begin_object();
  json.member("name", user.name);
  json.member("quota", user.quota);
  json.member("used", user.used);
  json.member("reserved", user.reserved);
  json.key("sessions");
  json.begin_array();
  for (const Session& session : sessions) {
    json.begin_object();
    json.member("id", std::uint64_t(session.id));
    json.member("browser", browser_text(session));
    json.member("address", session.address);
    json.member("created", iso_time(std::uint64_t(session.created)));
    json.member("seen", iso_time(std::uint64_t(session.seen)));
    json.member("current", session.current);
    json.end_object();
  }
  json.end_array();
  json.key("tokens");
  json.begin_array();
  for (const ApiToken& token : tokens) {
    json.begin_object();
    json.member("id", std::uint64_t(token.id));
    json.member("label", token.label);
    json.member("created", iso_time(std::uint64_t(token.created)));
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return std::move(json.text());
}

Data AccountView::session_data() const {
  Data list(Data::type::list);
  for (const Session& session : sessions) {
    Data row;
    row["id"] = Data(number_text(session.id));
    row["browser"] = Data(browser_text(session));
    row["address"] = Data(session.address);
    row["seen"] = Data(short_time(std::uint64_t(session.seen)));
    row["current"] = Data(session.current);
    list.push_back(std::move(row));
  }
  return list;
}

Data AccountView::token_data() const {
  Data list(Data::type::list);
  for (const ApiToken& token : tokens) {
    Data row;
    row["id"] = Data(number_text(token.id));
    row["label"] = Data(token.label);
    row["created"] = Data(short_time(std::uint64_t(token.created)));
    row["seen"] = Data(token.seen == Time{} ? app.views.say(language, "never")
                                            : short_time(std::uint64_t(token.seen)));
    list.push_back(std::move(row));
  }
  return list;
}

Data AccountView::data() const {
  Data data;
  data["title"] = Data(app.views.say(language, "Account"));
  data["name"] = Data(user.name);
  data["used"] = Data(human_size(user.used));
  data["quota"] = Data(human_size(user.quota));
  auto percent = user.quota == 0 ? 0.0 : 100.0 * double(user.used) / double(user.quota);
  data["percent"] = Data(std::to_string(static_cast<int>(percent)));
  data["one_time"] = Data(user.one_time);
  data["sessions"] = session_data();
  data["others"] = Data(sessions.size() > 1);
  data["tokens"] = token_data();
  return data;
}

}  // namespace

Result<Response> show_account(App& app, const Request& request, const Caller& caller,
                              std::string_view token) {
  AccountView view{app, language_of(request), caller.user, {}, {}};
  {
    auto db = app.database.borrow();
    if (!db) return db.error();
    auto sessions = list_sessions(**db, caller.user.id, token_hash(session_token(request)));
    if (!sessions) return sessions.error();
    view.sessions = std::move(*sessions);
    auto tokens = list_api_tokens(**db, caller.user.id);
    if (!tokens) return tokens.error();
    view.tokens = std::move(*tokens);
  }
  if (!wants_html(request)) return json_answer(view.json());
  auto data = view.data();
  data["changed"] = Data(request.query.has("changed"));
  if (!token.empty()) data["token"] = Data(std::string(token));
  return html_page(app, request, "account.html", std::move(data), &caller);
}

Result<Response> make_token(App& app, const Request& request, const Caller& caller,
                            std::string_view label) {
  auto name = file_name(label);
  if (!name || name->size() > kLongestLabel)
    return Error{Errc::invalid_argument, "give the token a label of 1 to 64 bytes"};
  auto token = random_token();
  TokenId id{};
  {
    auto db = app.database.borrow();
    if (!db) return db.error();
    auto added = add_api_token(**db, token_hash(token), caller.user.id, *name);
    if (!added) return added.error();
    id = *added;
  }
  if (wants_html(request)) return show_account(app, request, caller, token);
  JsonWriter json;
  json.begin_object();
  json.member("id", std::uint64_t(id));
  json.member("token", token);
  json.end_object();
  return json_answer(json.text(), 201);
}

}  // namespace coffer
