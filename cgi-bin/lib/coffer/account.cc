#include "coffer/account.h"

#include "base/json.h"
#include "base/name.h"
#include "base/text.h"
#include "base/time.h"
#include "coffer/entry_view.h"
#include "coffer/page.h"
#include "digest/password.h"
#include "digest/token.h"
#include "meta/session.h"
#include "meta/user.h"

namespace coffer {
namespace {

constexpr std::size_t kShortestPassword = 8;
constexpr std::size_t kLongestPassword = 1024;
constexpr std::size_t kLongestLabel = 64;

std::string seen_text(const Words& words, Time seen) {
  return seen == Time{} ? words.say("never") : written_time(words.language, std::uint64_t(seen));
}

Data account_data(const Words& words, const User& user, const std::vector<ApiToken>& tokens) {
  Data data;
  data["title"] = Data(words.say("Account"));
  data["name"] = Data(user.name);
  data["used"] = Data(human_size(user.used));
  data["quota"] = Data(human_size(user.quota));
  auto percent = user.quota == 0 ? 0.0 : 100.0 * double(user.used) / double(user.quota);
  data["percent"] = Data(std::to_string(static_cast<int>(percent)));
  data["one_time"] = Data(user.one_time);
  Data list(Data::type::list);
  for (const ApiToken& token : tokens) {
    Data row;
    row["id"] = Data(number_text(token.id));
    row["label"] = Data(token.label);
    row["created"] = Data(written_time(words.language, std::uint64_t(token.created)));
    row["seen"] = Data(seen_text(words, token.seen));
    list.push_back(std::move(row));
  }
  data["tokens"] = std::move(list);
  return data;
}

std::string account_json(const User& user, const std::vector<ApiToken>& tokens) {
  JsonWriter json;
  json.begin_object();
  json.member("name", user.name);
  json.member("quota", user.quota);
  json.member("used", user.used);
  json.member("reserved", user.reserved);
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

}  // namespace

Result<User> check_password(App& app, std::string_view name, std::string_view password) {
  Result<User> user = Error{Errc::not_found, ""};
  {
    auto db = app.database.borrow();
    if (!db) return db.error();
    user = find_user(**db, name);
  }
  if (!user && user.error().code != Errc::not_found) return user;
  // The hash is computed for those who do not exist, too: its time tells nobody who does.
  bool right =
      password.size() <= kLongestPassword && verify_password(password, user ? user->password : "");
  if (!right || !user || user->disabled)
    return Error{Errc::unauthenticated, "the name or the password is wrong"};
  return user;
}

Result<> choose_password(App& app, UserId user, std::string_view password, bool one_time) {
  if (password.size() < kShortestPassword || password.size() > kLongestPassword)
    return Error{Errc::invalid_argument, "a password has 8 to 1024 bytes"};
  auto hash = hash_password(password);
  if (!hash) return hash.error();
  return transact(app.database,
                  [&](Transaction& tx) { return set_password(tx, user, *hash, one_time); });
}

Result<std::string> start_session(App& app, UserId user) {
  auto token = random_token();
  auto db = app.database.borrow();
  if (!db) return db.error();
  if (auto added = add_session(**db, token_hash(token), user); !added) return added.error();
  return token;
}

std::string local_path(std::string_view text) {
  bool ours = text.starts_with('/') && !text.starts_with("//");
  for (char c : text) ours = ours && c > 0x20 && c < 0x7f && c != '\\';
  return ours ? std::string(text) : "/";
}

Result<Response> show_account(App& app, const Request& request, const Caller& caller,
                              std::string_view token) {
  auto db = app.database.borrow();
  if (!db) return db.error();
  auto tokens = list_api_tokens(**db, caller.user.id);
  if (!tokens) return tokens.error();
  if (!wants_html(request)) return json_answer(account_json(caller.user, *tokens));
  auto data = account_data(words_for(app, request), caller.user, *tokens);
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
