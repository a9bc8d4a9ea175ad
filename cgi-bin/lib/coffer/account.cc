#include "coffer/account.h"

#include "base/json.h"
#include "base/name.h"
#include "base/text.h"
#include "base/time.h"
#include "coffer/entry_view.h"
#include "coffer/locate.h"
#include "coffer/page.h"
#include "digest/token.h"
#include "http/browser.h"
#include "meta/session.h"

namespace coffer {
namespace {

constexpr std::size_t kLongestLabel = 64;
constexpr std::uint64_t kMostDays = 3650;

// How the account looks to one reader.
struct AccountView {
  Words words;
  const User& user;
  std::vector<Session> sessions;
  std::vector<ApiToken> tokens;
  std::vector<std::string> folders;  // of each token, as a path from the root

  std::string browser_text(const Session& session) const;
  std::string until_text(const ApiToken& token) const;
  std::string json() const;
  Data data() const;
  Data session_data() const;
  Data token_data() const;
};

std::string AccountView::browser_text(const Session& session) const {
  auto browser = browser_of(session.browser);
  std::string name(browser.name), system(browser.system);
  if (name.empty()) name = words.say("a browser");
  return system.empty() ? name : words.say("{} on {}", {name, system});
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
  for (std::size_t i = 0; i < tokens.size(); i++) {
    const ApiToken& token = tokens[i];
    json.begin_object();
    json.member("id", std::uint64_t(token.id));
    json.member("label", token.label);
    json.member("access", token.grant.may_write ? "write" : "read");
    json.member("folder", folders[i]);
    json.member("created", iso_time(std::uint64_t(token.created)));
    if (token.expires) json.member("expires", iso_time(std::uint64_t(*token.expires)));
    json.member("expired", token.expired);
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
    row["seen"] = Data(written_time(words.language, std::uint64_t(session.seen)));
    row["current"] = Data(session.current);
    list.push_back(std::move(row));
  }
  return list;
}

std::string AccountView::until_text(const ApiToken& token) const {
  if (!token.expires) return words.say("for ever");
  return words.say(token.expired ? "expired since {}" : "until {}",
                   {written_time(words.language, std::uint64_t(*token.expires))});
}

Data AccountView::token_data() const {
  Data list(Data::type::list);
  for (std::size_t i = 0; i < tokens.size(); i++) {
    const ApiToken& token = tokens[i];
    Data row;
    row["id"] = Data(number_text(token.id));
    row["label"] = Data(token.label);
    row["grant"] = Data(
        words.say(token.grant.may_write ? "reads and changes {}" : "only reads {}", {folders[i]}));
    row["until"] = Data(until_text(token));
    row["created"] = Data(written_time(words.language, std::uint64_t(token.created)));
    row["seen"] =
        Data(token.seen == Time{} ? words.say("never")
                                  : written_time(words.language, std::uint64_t(token.seen)));
    list.push_back(std::move(row));
  }
  return list;
}

Data AccountView::data() const {
  Data data;
  data["title"] = Data(words.say("Account"));
  data["name"] = Data(user.name);
  set_used(data, user);
  data["one_time"] = Data(user.one_time);
  data["sessions"] = session_data();
  data["others"] = Data(sessions.size() > 1);
  data["tokens"] = token_data();
  return data;
}

// "/Photos/2024", or "" for a folder that is gone.
Result<std::string> folder_path(Connection& db, UserId owner, EntryId id) {
  if (id == kRoot) return std::string("/");
  auto folder = find_entry(db, owner, id);
  if (!folder && folder.error().code == Errc::not_found) return std::string();
  auto path = folder ? find_path(db, owner, *folder) : folder.error();
  if (!path) return path.error();
  std::string text;
  for (const Entry& part : *path) text += "/" + part.name;
  return path->front().trashed ? std::string() : text;
}

}  // namespace

Result<Response> show_account(App& app, const Request& request, const Caller& caller,
                              std::string_view token) {
  AccountView view{words_for(app, request), caller.user, {}, {}, {}};
  // What else the user has made, and where they are, is no business of a token for one folder.
  if (!caller.confined()) {
    auto db = app.database.borrow_read();
    if (!db) return db.error();
    auto sessions = list_sessions(**db, caller.user.id, token_hash(session_token(request)));
    if (!sessions) return sessions.error();
    view.sessions = std::move(*sessions);
    auto tokens = list_api_tokens(**db, caller.user.id);
    if (!tokens) return tokens.error();
    view.tokens = std::move(*tokens);
    for (const ApiToken& each : view.tokens) {
      auto path = folder_path(**db, caller.user.id, each.grant.root);
      if (!path) return path.error();
      view.folders.push_back(std::move(*path));
    }
  }
  if (!wants_html(request)) return json_answer(view.json());
  auto data = view.data();
  data["changed"] = Data(request.query.has("changed"));
  if (!token.empty()) data["token"] = Data(std::string(token));
  return html_page(app, request, "account.html", std::move(data), &caller);
}

Result<Response> make_token(App& app, const Request& request, const Caller& caller,
                            const Fields& form) {
  auto label = file_name(form.value("label"));
  if (!label || label->size() > kLongestLabel)
    return Error{Errc::invalid_argument, "give the token a label of 1 to 64 bytes"};
  auto access = form.get("access").value_or("write");
  if (access != "read" && access != "write")
    return Error{Errc::invalid_argument, "'access' is read or write"};
  auto days = number_field(form, "days");
  if (!days) return days.error();
  if (days->value_or(0) > kMostDays)
    return Error{Errc::invalid_argument, "'days' is 1 to 3650, or nothing for a token without end"};
  auto token = random_token();
  auto id = transact(app.database, [&](Transaction& tx) -> Result<TokenId> {
    auto folder = locate_folder(tx, caller, form.value("folder"));
    if (!folder) return folder.error();
    auto added = add_api_token(tx, token_hash(token),
                               {.user = caller.user.id,
                                .label = *label,
                                .grant = {.may_write = access == "write", .root = folder->id},
                                .days = days->value_or(0)});
    if (!added) return added;
    auto noted =
        record(tx, caller.actor, {.owner = caller.user.id, .action = "token", .name = *label});
    if (!noted) return noted.error();
    return added;
  });
  if (!id) return id.error();
  if (wants_html(request)) return show_account(app, request, caller, token);
  JsonWriter json;
  json.begin_object();
  json.member("id", std::uint64_t(*id));
  json.member("token", token);
  json.end_object();
  return json_answer(json.text(), 201);
}

}  // namespace coffer
