#include "coffer/app.h"

#include "base/log.h"
#include "coffer/page.h"
#include "http/serve.h"
#include "meta/schema.h"

namespace coffer {
namespace {

DatabaseAddress address_of(const Config& config) {
  return {.socket = config.socket,
          .host = config.host,
          .port = config.port,
          .user = config.user,
          .password = config.password,
          .database = config.database};
}

}  // namespace

App::App(Config its_config)
    : config(std::move(its_config)),
      database(address_of(config), config.connections, check_server),
      batch(database),
      reservations(database),
      staging(config.store / "staging", config.keep_free),
      previews(config.store / "preview", staging),
      views(config.root / "templates") {}

Result<std::unique_ptr<App>> open_app() {
  auto config = read_config();
  if (!config) return config.error();
  auto app = std::make_unique<App>(std::move(*config));
  if (auto connection = Connection::open(address_of(app->config)))
    if (auto fit = check_server(**connection); !fit) return fit.error();
  auto local = LocalStore::open(app->config.store / "blob");
  if (!local) return local.error();
  app->local = std::move(*local);
  std::error_code error;
  std::filesystem::create_directories(app->config.store / "staging", error);
  if (error)
    return Error{Errc::internal, "cannot make '" + app->config.store.string() + "/staging'"};
  return app;
}

int run(std::string_view name, Result<Response> (*handle)(App&, Request&)) {
  auto app = open_app();
  if (!app) {
    Log(name).add("event", "refused").add("error", app.error().message).write();
    return 1;
  }
  return serve(
      name, (*app)->config.threads, [&](Request& request) { return handle(**app, request); },
      [&](Request& request, const Error& error) { return error_page(**app, request, error); });
}

}  // namespace coffer
