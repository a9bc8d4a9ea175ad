// coffer user - accounts, from the operator's side
//
//   coffer user list
//   coffer user add NAME [--admin] [--quota BYTES]   prints a password to be used once
//   coffer user passwd NAME [--stdin]                a new one, or the line on standard input
//   coffer user quota NAME BYTES
//   coffer user disable NAME                         refused everywhere at once; files stay
//   coffer user enable NAME
//   coffer user invite [--quota BYTES] [--days N]    prints a link to make an account with, once
//   coffer user token NAME [LABEL] [--read] [--folder PATH] [--days N]
//                                                    prints a new API token, this once
//
// Exit 0, or 1 with the reason.

#include <CLI/CLI.hpp>
#include <iostream>

#include "base/name.h"
#include "coffer/app.h"
#include "coffer/locate.h"
#include "coffer/password.h"
#include "digest/password.h"
#include "digest/token.h"
#include "meta/invitation.h"
#include "meta/session.h"
#include "meta/user.h"

namespace {

using namespace coffer;

const Actor kOperator;

struct Options {
  std::string name;
  std::string label = "command line";
  std::uint64_t quota = 0;
  std::string folder = "/";
  std::uint64_t days = 0;
  bool admin = false;
  bool read_only = false;
  bool from_stdin = false;
};

Result<> list_all(App& app, const Options&) {
  auto db = app.database.borrow();
  if (!db) return db.error();
  auto users = list_users(**db);
  if (!users) return users.error();
  for (const User& user : *users)
    std::cout << user.name << " used=" << user.used << " quota=" << user.quota
              << (user.admin ? " admin" : "") << (user.disabled ? " disabled" : "") << "\n";
  return {};
}

Result<> add(App& app, const Options& options) {
  auto password = random_password();
  auto hash = hash_password(password);
  if (!hash) return hash.error();
  auto added = transact(app.database, [&](Transaction& tx) -> Result<> {
    auto user = add_user(tx, {.name = options.name,
                              .password = *hash,
                              .one_time = true,
                              .admin = options.admin,
                              .quota = options.quota ? options.quota : app.config.quota});
    if (!user) return user.error();
    return record(tx, kOperator, {.owner = *user, .action = "account", .name = options.name});
  });
  if (!added) return added;
  std::cout << "name: " << options.name << "\npassword: " << password << "\n";
  return {};
}

Result<User> find(App& app, const Options& options) {
  auto db = app.database.borrow();
  if (!db) return db.error();
  return find_user(**db, options.name);
}

Result<> passwd(App& app, const Options& options) {
  auto user = find(app, options);
  if (!user) return user.error();
  auto password = random_password();
  if (options.from_stdin) std::getline(std::cin, password);
  auto chosen = choose_password(app, kOperator, *user, password, !options.from_stdin);
  if (chosen && !options.from_stdin) std::cout << "password: " << password << "\n";
  return chosen;
}

Result<> quota(App& app, const Options& options) {
  auto user = find(app, options);
  if (!user) return user.error();
  return transact(app.database, [&](Transaction& tx) -> Result<> {
    if (auto set = set_quota(tx, user->id, options.quota); !set) return set;
    return record(tx, kOperator, {.owner = user->id, .action = "quota", .name = user->name});
  });
}

Result<> set_state(App& app, const Options& options, bool disabled) {
  auto user = find(app, options);
  if (!user) return user.error();
  return transact(app.database, [&](Transaction& tx) -> Result<> {
    if (auto set = set_disabled(tx, user->id, disabled); !set) return set;
    return record(
        tx, kOperator,
        {.owner = user->id, .action = disabled ? "disable" : "enable", .name = user->name});
  });
}

Result<> invite(App& app, const Options& options) {
  auto token = random_token();
  Invitation invitation;
  if (options.quota) invitation.quota = options.quota;
  auto added = transact(app.database, [&](Transaction& tx) -> Result<> {
    auto done = add_invitation(tx, token_hash(token), invitation,
                               options.days ? options.days : kInvitationDays);
    if (!done) return done;
    return record(tx, kOperator, {.action = "invite"});
  });
  if (!added) return added;
  if (app.config.signup == Config::Signup::closed)
    std::cerr << "coffer user: it is of no use while accounts.signup is closed\n";
  std::cout << "/user/signup?invitation=" << token << "\n";
  return {};
}

Result<> token(App& app, const Options& options) {
  auto user = find(app, options);
  if (!user) return user.error();
  auto label = file_name(options.label);
  if (!label) return label.error();
  auto secret = random_token();
  auto added = transact(app.database, [&](Transaction& tx) -> Result<> {
    auto folder = locate_folder(tx, {.user = *user, .csrf = {}}, options.folder);
    if (!folder) return folder.error();
    auto id = add_api_token(tx, token_hash(secret),
                            {.user = user->id,
                             .label = *label,
                             .grant = {.may_write = !options.read_only, .root = folder->id},
                             .days = options.days});
    if (!id) return id.error();
    return record(tx, kOperator, {.owner = user->id, .action = "token", .name = *label});
  });
  if (!added) return added;
  std::cout << secret << "\n";
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  Result<> (*action)(App&, const Options&) = nullptr;
  CLI::App command{"Accounts, from the operator's side", "coffer user"};
  command.require_subcommand(1);
  auto verb = [&](const char* name, const char* what, auto chosen) {
    auto sub = command.add_subcommand(name, what);
    sub->callback([&action, chosen] { action = chosen; });
    return sub;
  };
  auto on_user = [&](CLI::App* sub) {
    sub->add_option("NAME", options.name)->required();
    return sub;
  };

  verb("list", "who has an account", list_all);
  auto adding = on_user(verb("add", "a new account, with a password to be used once", add));
  adding->add_flag("--admin", options.admin);
  adding->add_option("--quota", options.quota, "bytes");
  auto setting = on_user(verb("passwd", "a new password", passwd));
  setting->add_flag("--stdin", options.from_stdin, "the line on standard input");
  on_user(verb("quota", "how many bytes a user may have", quota))
      ->add_option("BYTES", options.quota)
      ->required();
  on_user(verb(
      "disable", "refuse a user everywhere",
      +[](App& app, const Options& o) { return set_state(app, o, true); }));
  on_user(verb(
      "enable", "let a user in again",
      +[](App& app, const Options& o) { return set_state(app, o, false); }));
  auto inviting = verb("invite", "a link to make an account with, once", invite);
  inviting->add_option("--quota", options.quota, "bytes");
  inviting->add_option("--days", options.days, "how long it is good for")
      ->check(CLI::Range(1, 365));
  auto letting = on_user(verb("token", "a new API token, shown once", token));
  letting->add_option("LABEL", options.label);
  letting->add_flag("--read", options.read_only, "it changes nothing");
  letting->add_option("--folder", options.folder, "it sees nothing outside of it");
  letting->add_option("--days", options.days, "how long it is good for; for ever if not given")
      ->check(CLI::Range(1, 3650));
  CLI11_PARSE(command, argc, argv);

  auto app = open_app();
  auto done = app ? action(**app, options) : app.error();
  if (done) return 0;
  std::cerr << "coffer user: " << done.error().message << "\n";
  return 1;
}
