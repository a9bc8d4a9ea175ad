#include "coffer/reader.h"

#include "meta/user.h"

namespace coffer {

Result<Reader> open_reader(App& app, Request& request, Nearest nearest) {
  auto db = app.database.borrow_read();
  if (!db) return db.error();
  auto caller = require_user(**db, request);
  if (!caller) return caller.error();
  if (nearest == Nearest::yes && !request.read_only && app.database.has_replica())
    if (auto replica = app.database.borrow_replica();
        replica && has_reached(**replica, caller->user))
      db = std::move(replica);
  if (app.database.has_replica()) request.notes.add("node", std::to_string((*db)->role.node));
  return Reader{std::move(*db), std::move(*caller)};
}

}  // namespace coffer
