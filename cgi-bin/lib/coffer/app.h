// App: what an executable needs, opened once; run(): the shape that every endpoint has.
//
//   int main() { return coffer::run("delete", handle); }

#pragma once

#include <memory>
#include <mutex>
#include <string_view>

#include "base/config.h"
#include "blob/local.h"
#include "coffer/preview.h"
#include "coffer/reservations.h"
#include "coffer/staging.h"
#include "http/message.h"
#include "sql/batch.h"
#include "sql/database.h"
#include "view/view.h"

namespace coffer {

class Stores;

struct App {
  Config config;
  Database database;
  Batch batch;
  Reservations reservations;
  Staging staging;
  Previews previews;
  std::unique_ptr<LocalStore> local;
  Views views;
  std::shared_ptr<Stores> stores;  // see app_stores()
  std::once_flag stores_made;

  explicit App(Config its_config);
};

/// Reads the configuration and opens the store. Errc::internal or Errc::unavailable, with a
/// sentence for the operator, if the configuration is wrong, or a database that answers is not
/// durable or not of our schema. One that does not answer now may do so later.
Result<std::unique_ptr<App>> open_app();

/// An endpoint: opens the App, then serves until SIGTERM. Returns the exit status.
int run(std::string_view name, Result<Response> (*handle)(App&, Request&));

}  // namespace coffer
