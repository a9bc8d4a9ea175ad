#include "coffer/listing.h"

#include "base/text.h"
#include "base/time.h"
#include "coffer/entry_view.h"
#include "coffer/locate.h"
#include "coffer/place.h"
#include "http/message.h"

namespace coffer {
namespace {

constexpr std::size_t kMostEntries = 10'000;

struct SortName {
  Sort sort;
  const char* name;
  const char* title;
};
constexpr SortName kSorts[] = {
    {Sort::name, "name", "Name"}, {Sort::size, "size", "Size"}, {Sort::time, "time", "Changed"}};

const char* name_of(Sort sort) {
  for (const SortName& one : kSorts)
    if (one.sort == sort) return one.name;
  return "name";
}

std::string listing_href(const ListingQuery& query, Sort sort, bool descending,
                         const std::string& after) {
  auto folder = query.folder.id == kTrash ? "trash" : number_text(query.folder.id);
  std::string href = "/file/query?folder=" + folder + "&sort=" + name_of(sort);
  if (descending) href += "&order=desc";
  if (!after.empty()) href += "&after=" + after;
  return href;
}

}  // namespace

Result<ListingQuery> listing_of(Connection& db, const Caller& caller, const Fields& fields) {
  ListingQuery query;
  if (fields.value("folder") == "trash") {
    if (caller.confined()) return Error{Errc::not_found, "no such file or folder in your cloud"};
    query.folder.id = kTrash;
    query.descending = true;
  } else {
    auto folder = locate_folder(db, caller, fields.value("folder"));
    if (!folder) return folder.error();
    query.folder = std::move(*folder);
  }
  if (auto sort = fields.value("sort"); !sort.empty()) {
    bool known = false;
    for (const SortName& one : kSorts)
      if (sort == one.name) query.sort = one.sort, known = true;
    if (!known) return bad("'sort' is name, size or time");
  }
  if (auto order = fields.value("order"); !order.empty()) {
    if (order != "asc" && order != "desc") return bad("'order' is asc or desc");
    query.descending = order == "desc";
  }
  auto limit = number_field(fields, "limit");
  if (!limit) return limit.error();
  if (*limit) query.limit = **limit;
  if (query.limit < 1 || query.limit > kMostEntries) return bad("'limit' is 1 to 10000");
  if (auto after = fields.value("after"); !after.empty()) {
    query.after = read_place(after);
    if (!query.after) return bad("'after' is not the 'next' of a page");
  }
  return query;
}

Result<Listing> list(Connection& db, UserId owner, const ListingQuery& query) {
  Listing listing{.folder = query.folder.id, .entries = {}, .next = {}};
  // One more than asked for tells whether there is another page.
  auto entries = list_folder(db, owner,
                             {.folder = query.folder.id,
                              .sort = query.sort,
                              .descending = query.descending,
                              .after = query.after ? &*query.after : nullptr,
                              .limit = query.limit + 1});
  if (!entries) return entries.error();
  listing.entries = std::move(*entries);
  if (listing.entries.size() > query.limit) {
    listing.entries.resize(query.limit);
    listing.next = place_of(listing.entries.back());
  }
  return listing;
}

std::string listing_json(const Listing& listing) {
  JsonWriter json;
  json.begin_object();
  json.member("folder", std::uint64_t(listing.folder));
  json.key("entries");
  json.begin_array();
  for (const Entry& entry : listing.entries) {
    json.begin_object();
    write_entry(json, entry);
    json.end_object();
  }
  json.end_array();
  if (!listing.next.empty()) json.member("next", listing.next);
  json.end_object();
  return std::move(json.text());
}

Data listing_data(const Words& words, const ListingQuery& query, const Listing& listing) {
  Data data;
  bool trash = listing.folder == kTrash;
  data["trash"] = Data(trash);
  data["folder"] = Data(number_text(listing.folder));
  data["back"] = Data(trash ? "trash" : number_text(listing.folder));
  data["here_is_folder"] = Data(!trash);
  data["title"] = Data(trash                    ? words.say("Trash")
                       : is_row(listing.folder) ? query.folder.name
                                                : words.say("Files"));
  data["empty"] = Data(listing.entries.empty());
  data["more"] = Data(!listing.next.empty());
  data["more_href"] = Data(listing_href(query, query.sort, query.descending, listing.next));

  Data entries(Data::type::list);
  for (const Entry& entry : listing.entries) entries.push_back(entry_data(words.language, entry));
  data["entries"] = std::move(entries);

  Data sorts(Data::type::list);
  for (const SortName& one : kSorts) {
    bool current = one.sort == query.sort;
    Data sort;
    sort["key"] = Data(one.name);
    sort["name"] = Data(words.say(one.title));
    sort["up"] = Data(current && !query.descending);
    sort["down"] = Data(current && query.descending);
    sort["href"] = Data(listing_href(query, one.sort, current && !query.descending, ""));
    sorts.push_back(std::move(sort));
  }
  data["sorts"] = std::move(sorts);
  return data;
}

std::string entry_json(const Entry& entry, const Digests& digests,
                       const std::vector<Version>& versions) {
  JsonWriter json;
  json.begin_object();
  write_entry(json, entry);
  if (!entry.folder) {
    json.key("digests");
    json.begin_object();
    write_digests(json, digests);
    json.end_object();
    json.key("versions");
    json.begin_array();
    for (const Version& version : versions) {
      json.begin_object();
      json.member("id", std::uint64_t(version.id));
      json.member("size", version.size);
      json.member("sha256", hex(version.sha256));
      json.member("modified", iso_time(std::uint64_t(version.modified)));
      json.end_object();
    }
    json.end_array();
  }
  json.end_object();
  return std::move(json.text());
}

Data details_data(const Words& words, const Entry& entry, const Digests& digests,
                  const std::vector<Version>& versions) {
  Data data = entry_data(words.language, entry);
  data["title"] = Data(entry.name);
  if (entry.size >= 1000) data["bytes"] = Data(words.count("{} byte|{} bytes", entry.size));
  data["parent"] = Data(number_text(entry.parent));
  data["trashed"] = Data(entry.trashed.has_value());
  Data list(Data::type::list);
  for (Algorithm algorithm : kAlgorithms) {
    Data digest;
    digest["name"] = Data(std::string(title_of(algorithm)));
    digest["value"] = Data(hex(digest_of(digests, algorithm)));
    list.push_back(std::move(digest));
  }
  data["digests"] = std::move(list);
  Data older(Data::type::list);
  for (const Version& version : versions) {
    Data row;
    row["id"] = Data(number_text(version.id));
    row["entry"] = Data(number_text(entry.id));
    row["size"] = Data(human_size(version.size));
    row["time"] = Data(written_time(words.language, std::uint64_t(version.modified)));
    row["iso"] = Data(iso_time(std::uint64_t(version.modified)));
    row["href"] =
        Data("/file/download?id=" + number_text(entry.id) + "&version=" + number_text(version.id));
    older.push_back(std::move(row));
  }
  data["any_versions"] = Data(!versions.empty());
  data["versions"] = std::move(older);
  return data;
}

}  // namespace coffer
