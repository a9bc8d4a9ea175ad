// How entries, and the room that they take, look in JSON and on pages.

#pragma once

#include <vector>

#include "base/json.h"
#include "meta/types.h"
#include "view/view.h"

namespace coffer {

/// The members of an entry, into an object that is open.
void write_entry(JsonWriter& json, const Entry& entry);

/// The five digests in hex, likewise.
void write_digests(JsonWriter& json, const Digests& digests);

/// What templates show of an entry: id, name, folder (truth), size, time, iso, and drawn
/// (truth): its name says that it is a picture. The name may be wrong, and there is no preview
/// then.
Data entry_data(Language language, const Entry& entry);

/// The way from the root to a folder, for a page's breadcrumbs: name and href of each.
Data crumbs_data(const std::vector<Entry>& path);

/// The same as text that locate() reads: "/Photos/2024".
std::string path_text(const std::vector<Entry>& path);

/// What templates/used.html shows: how much of the quota is used.
void set_used(Data& data, const User& user);

/// "/file/query?folder=7"; the root is "/".
std::string folder_href(EntryId folder);

/// An id, version or size as templates and addresses take it.
template <class Id>
std::string number_text(Id id) {
  return std::to_string(static_cast<std::uint64_t>(id));
}

}  // namespace coffer
