// update - change the tree: rename, move, new folder, restore, bring back a version
//
//   POST /file/update  action=rename&id=I&name=N            another name
//   POST /file/update  action=move&id=I&id=J...&folder=F    into another folder
//   POST /file/update  action=folder&folder=F&name=N        a new folder in F
//   POST /file/update  action=restore&id=I&id=J...          back from the trash
//   POST /file/update  action=revert&id=I&version=V         an old version becomes the file again
//
// F is a folder's id or path. conflict=rename takes the next free name where one is taken.
//
//   303  to the folder in `back` (browser); as JSON 200 {"changed":N}, 201 {"id":I} for a folder
//   400  a field that makes no sense           401  nobody is signed in
//   403  a form that is not from your session  404  no such entry of yours: then nothing changes
//   409  the name is taken, or a folder would go into itself
//   405  not a POST    413 415  not a small form    503  the database does not answer
//
// All ids change, or none.

#include "base/name.h"
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

Result<std::string> name_in(const Fields& form) {
  auto name = form.require("name");
  if (!name) return name.error();
  return file_name(*name);
}

Conflict conflict_in(const Fields& form) {
  return form.value("conflict") == "rename" ? Conflict::rename : Conflict::fail;
}

Result<> rename(Transaction& tx, const Caller& caller, EntryId id, const Fields& form) {
  auto name = name_in(form);
  if (!name) return name.error();
  auto entry = find_entry(tx, caller.user.id, id);
  if (!entry) return entry.error();
  if (entry->trashed) return Error{Errc::not_found, "that is in the trash: restore it first"};
  auto moved = move_entry(tx, caller.user.id, id, entry->parent, *name, conflict_in(form));
  if (!moved) return moved.error();
  return {};
}

Result<> move(Transaction& tx, const Caller& caller, EntryId id, const Fields& form) {
  auto folder = locate_folder(tx, caller, form.value("folder"));
  if (!folder) return folder.error();
  auto entry = find_entry(tx, caller.user.id, id);
  if (!entry) return entry.error();
  if (entry->trashed) return Error{Errc::not_found, "that is in the trash: restore it first"};
  auto moved = move_entry(tx, caller.user.id, id, folder->id, entry->name, conflict_in(form));
  if (!moved) return moved.error();
  return {};
}

Result<> restore(Transaction& tx, const Caller& caller, EntryId id, const Fields&) {
  auto restored = restore_entry(tx, caller.user.id, id);
  if (!restored) return restored.error();
  return {};
}

Result<> revert(Transaction& tx, const Caller& caller, EntryId id, const Fields& form) {
  auto version = number_field(form, "version");
  if (!version) return version.error();
  if (!*version) return Error{Errc::invalid_argument, "'version' is missing"};
  return bring_back(tx, caller.user.id, id, VersionId{**version});
}

struct Action {
  std::string_view name;
  Result<> (*change)(Transaction&, const Caller&, EntryId, const Fields&);
};
constexpr Action kActions[] = {
    {"rename", rename}, {"move", move}, {"restore", restore}, {"revert", revert}};

Result<Response> change(App& app, const Request& request, const Caller& caller,
                        const Fields& form) {
  for (const Action& action : kActions) {
    if (form.value("action") != action.name) continue;
    auto changed = transact(app.database, [&](Transaction& tx) -> Result<std::uint64_t> {
      auto ids = ids_of(tx, caller, form.all("id"));
      if (!ids) return ids.error();
      for (EntryId id : *ids) {
        if (auto done = action.change(tx, caller, id, form); !done) return done.error();
        auto noted = record_entry(tx, caller.actor,
                                  {.owner = caller.user.id, .action = action.name, .entry = id});
        if (!noted) return noted.error();
      }
      return ids->size();
    });
    if (!changed) return changed.error();
    return changed_answer(request, page_back(form), "changed", *changed);
  }
  return Error{Errc::invalid_argument, "'action' is rename, move, folder, restore or revert"};
}

Result<Response> new_folder(App& app, const Request& request, const Caller& caller,
                            const Fields& form) {
  auto name = name_in(form);
  if (!name) return name.error();
  auto made = transact(app.database, [&](Transaction& tx) -> Result<EntryId> {
    auto folder = locate_folder(tx, caller, form.value("folder"));
    if (!folder) return folder.error();
    auto id = make_folder(tx, caller.user.id, folder->id, *name);
    if (!id) return id;
    auto noted =
        record_entry(tx, caller.actor, {.owner = caller.user.id, .action = "folder", .entry = *id});
    if (!noted) return noted.error();
    return id;
  });
  if (!made) return made.error();
  auto answer = changed_answer(request, page_back(form), "id", std::uint64_t(*made));
  if (answer.status == 200) answer.status = 201;
  return answer;
}

Result<Response> handle(App& app, Request& request) {
  if (auto allowed = allow(request, "POST"); !allowed) return allowed.error();
  auto caller = require_user(app, request);
  if (!caller) return caller.error();
  auto form = read_form(request);
  if (!form) return form.error();
  if (auto ours = check_csrf(*caller, *form); !ours) return ours.error();
  request.notes.add("action", std::string(form->value("action")));
  if (form->value("action") == "folder") return new_folder(app, request, *caller, *form);
  return change(app, request, *caller, *form);
}

}  // namespace

int main() { return coffer::run("update", handle); }
