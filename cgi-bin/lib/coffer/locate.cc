#include "coffer/locate.h"

#include <algorithm>
#include <map>

#include "base/name.h"
#include "base/text.h"

namespace coffer {
namespace {

// The sentence of find_entry(): what is out of reach looks like what is not there.
Error absent() { return {Errc::not_found, "no such file or folder in your cloud"}; }

Result<bool> reaches(Connection& db, const Caller& caller, const Entry& entry) {
  if (!caller.confined()) return true;
  Entry at = entry;
  while (at.id != caller.grant.root) {
    if (at.trashed || !is_row(at.parent)) return false;
    auto parent = find_entry(db, caller.user.id, at.parent);
    if (!parent && parent.error().code != Errc::not_found) return parent.error();
    if (!parent) return false;
    at = std::move(*parent);
  }
  return true;
}

Result<Entry> find_reachable(Connection& db, const Caller& caller, EntryId id) {
  bool at_hand = caller.entry && caller.entry->id == id;
  auto entry = at_hand ? Result<Entry>(*caller.entry) : find_entry(db, caller.user.id, id);
  if (!entry) return entry;
  auto reached = reaches(db, caller, *entry);
  if (!reached) return reached.error();
  if (!*reached) return absent();
  if (caller.confined() && id == caller.grant.root) entry->parent = kRoot;
  return entry;
}

Result<Entry> root_of(Connection& db, const Caller& caller) {
  if (caller.confined()) return find_reachable(db, caller, caller.grant.root);
  Entry root;
  root.folder = true;
  return root;
}

Result<Entry> locate_path(Connection& db, const Caller& caller, std::string_view path) {
  auto at = root_of(db, caller);
  for (auto part : split(path, '/')) {
    if (!at) return at;
    if (part.empty()) continue;
    auto name = file_name(part);
    if (!name) return name.error();
    auto child = find_child(db, caller.user.id, at->id, *name);
    if (!child && child.error().code == Errc::not_found)
      return Error{Errc::not_found, "no '{}' in your cloud", {std::string(path)}};
    at = std::move(child);
  }
  return at;
}

}  // namespace

Result<Entry> locate(Connection& db, const Caller& caller, std::string_view text) {
  if (text.empty() || text == "0") return root_of(db, caller);
  if (text.starts_with('/')) return locate_path(db, caller, text);
  auto id = parse_number(text);
  if (!id)
    return Error{Errc::invalid_argument,
                 "'{}' is neither an id nor a path that starts with '/'",
                 {std::string(text)}};
  return find_reachable(db, caller, EntryId{*id});
}

Result<Entry> locate_folder(Connection& db, const Caller& caller, std::string_view text) {
  auto entry = locate(db, caller, text);
  if (entry && !entry->folder) return Error{Errc::not_found, "'{}' is not a folder", {entry->name}};
  return entry;
}

Result<Entry> locate_folder(App& app, const Caller& caller, std::string_view text) {
  auto db = app.database.borrow();
  if (!db) return db.error();
  return locate_folder(**db, caller, text);
}

Result<Entry> locate_file(Connection& db, const Caller& caller, const Fields& query) {
  auto wanted = query.require(query.has("path") ? "path" : "id");
  if (!wanted) return wanted.error();
  auto version = number_field(query, "version");
  if (!version) return version.error();
  auto entry = locate(db, caller, *wanted);
  if (!entry) return entry;
  if (entry->folder) return Error{Errc::not_found, "'{}' is a folder", {entry->name}};
  if (*version) {
    auto older = find_version(db, caller.user.id, entry->id, VersionId{**version});
    if (!older) return older.error();
    entry->sha256 = older->sha256;
    entry->size = older->size;
    entry->modified = older->modified;
  }
  return entry;
}

Result<std::vector<EntryId>> ids_of(Connection& db, const Caller& caller,
                                    const std::vector<std::string_view>& values) {
  std::vector<EntryId> ids;
  for (auto value : values) {
    auto id = parse_number(value);
    if (!id || !is_row(EntryId{*id}))
      return Error{Errc::invalid_argument, "'{}' is not the id of an entry", {std::string(value)}};
    ids.push_back(EntryId{*id});
  }
  if (ids.empty()) return Error{Errc::invalid_argument, "'id' is missing: choose at least one"};
  if (!caller.confined()) return ids;
  // The change itself looks for the entry among the owner's; here it must be below the root, which
  // is not one's own to change.
  for (EntryId id : ids) {
    if (id == caller.grant.root) return absent();
    if (auto entry = find_reachable(db, caller, id); !entry) return entry.error();
  }
  return ids;
}

Result<std::vector<Entry>> reachable(Connection& db, const Caller& caller,
                                     std::vector<Entry> entries, std::size_t limit) {
  std::vector<Entry> out;
  std::map<EntryId, bool> folders;  // that have been asked about
  for (Entry& entry : entries) {
    if (out.size() == limit) break;
    if (caller.confined()) {
      if (entry.trashed || entry.id == caller.grant.root) continue;
      auto [folder, is_new] = folders.try_emplace(entry.parent, false);
      if (is_new) {
        auto reached = reaches(db, caller, entry);
        if (!reached) return reached.error();
        folder->second = *reached;
      }
      if (!folder->second) continue;
    }
    out.push_back(std::move(entry));
  }
  return out;
}

Result<std::vector<Entry>> path_of(Connection& db, const Caller& caller, Entry entry) {
  auto path = find_path(db, caller.user.id, std::move(entry));
  if (!path || !caller.confined()) return path;
  auto root = std::ranges::find(*path, caller.grant.root, &Entry::id);
  path->erase(path->begin(), root == path->end() ? root : root + 1);
  return path;
}

}  // namespace coffer
