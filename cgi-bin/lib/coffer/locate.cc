#include "coffer/locate.h"

#include "base/name.h"
#include "base/text.h"

namespace coffer {
namespace {

Entry root() {
  Entry entry;
  entry.folder = true;
  return entry;
}

Result<Entry> locate_path(Connection& db, UserId owner, std::string_view path) {
  Entry at = root();
  for (auto part : split(path, '/')) {
    if (part.empty()) continue;
    auto name = file_name(part);
    if (!name) return name.error();
    auto child = find_child(db, owner, at.id, *name);
    if (!child) return Error{Errc::not_found, "no '{}' in your cloud", {std::string(path)}};
    at = std::move(*child);
  }
  return at;
}

Result<Entry> folder_only(Result<Entry> entry) {
  if (entry && !entry->folder) return Error{Errc::not_found, "'{}' is not a folder", {entry->name}};
  return entry;
}

}  // namespace

Result<Entry> locate(Connection& db, UserId owner, std::string_view text) {
  if (text.empty() || text == "0") return root();
  if (text.starts_with('/')) return locate_path(db, owner, text);
  auto id = parse_number(text);
  if (!id)
    return Error{Errc::invalid_argument,
                 "'{}' is neither an id nor a path that starts with '/'",
                 {std::string(text)}};
  return find_entry(db, owner, EntryId{*id});
}

Result<Entry> locate(Connection& db, const Caller& caller, std::string_view text) {
  if (caller.entry && parse_number(text) == std::uint64_t(caller.entry->id)) return *caller.entry;
  return locate(db, caller.user.id, text);
}

Result<Entry> locate_folder(Connection& db, UserId owner, std::string_view text) {
  return folder_only(locate(db, owner, text));
}

Result<Entry> locate_folder(Connection& db, const Caller& caller, std::string_view text) {
  return folder_only(locate(db, caller, text));
}

Result<std::vector<EntryId>> ids_of(const std::vector<std::string_view>& values) {
  std::vector<EntryId> ids;
  for (auto value : values) {
    auto id = parse_number(value);
    if (!id || !is_row(EntryId{*id}))
      return Error{Errc::invalid_argument, "'{}' is not the id of an entry", {std::string(value)}};
    ids.push_back(EntryId{*id});
  }
  if (ids.empty()) return Error{Errc::invalid_argument, "'id' is missing: choose at least one"};
  return ids;
}

}  // namespace coffer
