// delete - remove files and folders
//
//   POST /file/delete  id=I&id=J...            to the trash
//   POST /file/delete  id=I&forever=1          for good, from wherever it is
//   POST /file/delete  id=I&version=V          one old version of a file, for good
//   POST /file/delete  trash=empty             all that is in the trash, for good
//
//   303  to the folder in `back` (browser), 200 {"deleted":N} (JSON)
//   400  a field that makes no sense           401  nobody is signed in
//   403  a form that is not from your session  404  no such entry of yours: then none is deleted
//   405  not a POST    413 415  not a small form    503  the database does not answer
//
// All ids go, or none. What goes for good gives its quota back at once, or, for very much, in
// the course of the next sweeps; its bytes leave the disk when the grace time is over.

#include "coffer/app.h"
#include "coffer/entry_view.h"
#include "coffer/locate.h"
#include "coffer/page.h"
#include "http/form.h"
#include "meta/event.h"
#include "meta/trash.h"
#include "meta/tree.h"

namespace {

using namespace coffer;

// Rows freed within the request; the sweeper frees the rest.
constexpr std::size_t kPurgeNow = 1000;

Result<std::uint64_t> remove(App& app, const Caller& caller, const Fields& form) {
  auto user = caller.user.id;
  if (form.value("trash") == "empty") {
    if (caller.confined())
      return Error{Errc::permission_denied, "this token is for the files of one folder only"};
    // Said before it is done: the pieces in which a full trash is emptied are not one transaction.
    auto noted = transact(app.database, [&](Transaction& tx) {
      return record(tx, caller.actor, {.owner = user, .action = "empty-trash"});
    });
    if (!noted) return noted.error();
    return empty_trash(app.database, user, 0);
  }
  auto version = number_field(form, "version");
  if (!version) return version.error();
  bool forever = form.value("forever") == "1";
  return transact(app.database, [&](Transaction& tx) -> Result<std::uint64_t> {
    auto ids = ids_of(tx, caller, form.all("id"));
    if (!ids) return ids.error();
    for (EntryId id : *ids) {
      auto removed = *version  ? remove_version(tx, user, id, VersionId{**version})
                     : forever ? delete_entry(tx, user, id)
                               : trash_entry(tx, user, id);
      if (!removed) return removed.error();
      auto action = *version ? "delete-version" : forever ? "delete" : "trash";
      auto noted = record_entry(tx, caller.actor, {.owner = user, .action = action, .entry = id});
      if (!noted) return noted.error();
    }
    return ids->size();
  });
}

Result<Response> handle(App& app, Request& request) {
  if (auto allowed = allow(request, "POST"); !allowed) return allowed.error();
  auto caller = require_user(app, request);
  if (!caller) return caller.error();
  auto user = caller->user.id;
  auto form = read_form(request);
  if (!form) return form.error();
  if (auto ours = check_csrf(*caller, *form); !ours) return ours.error();

  auto deleted = remove(app, *caller, *form);
  if (!deleted) return deleted.error();
  request.notes.add("deleted", std::to_string(*deleted));
  // It is deleted, whatever comes of this: what is not freed now is the sweeper's.
  if (auto purged = purge(app.database, user, kPurgeNow); !purged)
    request.notes.add("unpurged", purged.error().message);
  return changed_answer(request, page_back(*form), "deleted", *deleted);
}

}  // namespace

int main() { return coffer::run("delete", handle); }
