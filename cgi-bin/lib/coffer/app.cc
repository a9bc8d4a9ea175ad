#include "coffer/app.h"

#include "base/log.h"
#include "coffer/page.h"
#include "http/serve.h"
#include "meta/schema.h"

namespace coffer {

App::App(Config its_config)
    : config(std::move(its_config)),
      database(config, check_server),
      batch(database),
      reservations(database),
      staging(config.store / "staging", config.keep_free),
      previews(config.store / "preview", staging),
      views(config.root / "templates") {}

Result<std::unique_ptr<App>> open_app() {
  auto config = read_config();
  if (!config) return config.error();
  auto app = std::make_unique<App>(std::move(*config));
  auto primary = primary_of(app->config);
  if (!primary) return primary.error();
  if (auto connection = Connection::open(*primary))
    if (auto fit = check_server(**connection); !fit) return fit.error();
  auto local = LocalStore::open(app->config.store / "blob");
  if (!local) return local.error();
  app->local = std::move(*local);
  std::error_code error;
  for (auto name : {"staging", "resume"}) {
    std::filesystem::create_directories(app->config.store / name, error);
    if (error)
      return Error{Errc::internal, "cannot make '" + app->config.store.string() + "/" + name + "'"};
  }
  return app;
}

namespace {

// A server that dies under somebody who only reads costs them nothing where there is another one.
Result<Response> answer(App& app, Request& request, Result<Response> (*handle)(App&, Request&)) {
  auto response = handle(app, request);
  bool again = !response && response.error().code == Errc::unavailable && request.is_read() &&
               app.database.has_replica();
  if (again) {
    request.notes = {};
    response = handle(app, request);
  }
  if (response && request.read_only) response->headers.add("Coffer-Read-Only", "1");
  return response;
}

}  // namespace

int run(std::string_view name, Result<Response> (*handle)(App&, Request&)) {
  auto app = open_app();
  if (!app) {
    Log(name).add("event", "refused").add("error", app.error().message).write();
    return 1;
  }
  return serve(
      name, (*app)->config.threads,
      [&](Request& request) { return answer(**app, request, handle); },
      [&](Request& request, const Error& error) { return error_page(**app, request, error); });
}

}  // namespace coffer
