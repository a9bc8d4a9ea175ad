// query - find files: a folder's page, one entry's details, search
//
//   GET /                                        200  the root folder's page
//   GET /file/query?folder=F&sort=S&order=O&limit=N&after=A
//                                                200  a folder, N entries at a time (100)
//   GET /file/query?folder=trash                 200  the trash, newest first
//   GET /file/query?id=I                         200  one entry, with its digests and versions; on
//                                                     a page also what it looks like, of a PDF the
//                                                     page that page=N says
//   GET /file/query?q=TEXT                       200  entries with TEXT in their name, in any case
//   GET /file/query?sha256=HEX                   200  your own files of that digest; so for sha1,
//                                                     md5, crc32 and crc64
//
// F is a folder's id or path; I an id or a path. S is name, size or time; O is asc or desc; N is
// at most 10,000; A is the `next` of the page before. Browsers get pages, others JSON.
//
//   400  a field that makes no sense     401  nobody is signed in     404  no such entry of yours
//   405  not a GET                       503  the database does not answer

#include "base/media_type.h"
#include "base/text.h"
#include "coffer/app.h"
#include "coffer/entry_view.h"
#include "coffer/listing.h"
#include "coffer/locate.h"
#include "coffer/page.h"
#include "coffer/reader.h"
#include "coffer/stores.h"
#include "meta/blob.h"

namespace {

using namespace coffer;

constexpr std::size_t kMostFound = 200;

// Found for who is confined to a folder, before what is elsewhere is left out.
constexpr std::size_t kMostLookedThrough = 5000;

std::size_t most_for(const Caller& caller) {
  return caller.confined() ? kMostLookedThrough : kMostFound;
}

Result<Response> folder(App& app, Connection& db, const Request& request, const Caller& caller) {
  auto query = listing_of(db, caller, request.query);
  if (!query) return query.error();
  auto listing = list(db, caller.user.id, *query);
  if (!listing) return listing.error();
  if (!wants_html(request)) return json_answer(listing_json(*listing));
  auto path = path_of(db, caller, query->folder);
  if (!path) return path.error();
  auto data = listing_data(words_for(app, request), *query, *listing);
  data["crumbs"] = crumbs_data(*path);
  return html_page(app, request, "folder.html", std::move(data), &caller);
}

Result<Response> found(App& app, Connection& db, const Request& request, const Caller& caller,
                       Result<std::vector<Entry>> entries) {
  if (!entries) return entries.error();
  auto ours = reachable(db, caller, std::move(*entries), kMostFound);
  if (!ours) return ours.error();
  Listing listing;
  listing.entries = std::move(*ours);
  if (!wants_html(request)) return json_answer(listing_json(listing));
  auto words = words_for(app, request);
  auto data = listing_data(words, {}, listing);
  data["found"] = Data(true);
  data["here_is_folder"] = Data(false);
  data["q"] = Data(std::string(request.query.value("q")));
  data["title"] = Data(words.say("Search"));
  return html_page(app, request, "folder.html", std::move(data), &caller);
}

// What templates/entry.html shows of a file's bytes: nothing where there is nothing to show, or
// they cannot be read.
void add_preview(App& app, const Request& request, const Entry& entry, Data& data) {
  if (entry.folder) return;
  auto head = app_stores(app).head_of(entry.sha256);
  if (!head) return;
  auto kind = media_type(*head).kind;
  auto page = parse_number(request.query.value("page")).value_or(1);
  data["preview"] = Data(kind != MediaKind::none);
  data["image"] = Data(kind == MediaKind::image);
  data["pdf"] = Data(kind == MediaKind::pdf);
  data["page"] = Data(std::to_string(page));
  data["page_before"] = Data(std::to_string(page - 1));
  data["page_after"] = Data(std::to_string(page + 1));
  data["later_page"] = Data(page > 1);
  data["audio"] = Data(kind == MediaKind::audio);
  data["video"] = Data(kind == MediaKind::video);
  data["text"] = Data(kind == MediaKind::text);
  bool whole = entry.size <= head->size();
  data["cut"] = Data(!whole);
  if (kind == MediaKind::text)
    data["words"] = Data(std::string(whole ? *head : whole_characters(*head)));
}

Result<Response> details(App& app, Connection& db, const Request& request, const Caller& caller) {
  auto entry = locate(db, caller, request.query.value("id"));
  if (!entry) return entry.error();
  if (entry->folder && wants_html(request)) return see_other(folder_href(entry->id));
  auto versions = list_versions(db, caller.user.id, entry->id);
  if (!versions) return versions.error();
  Digests digests;
  if (!entry->folder) {
    auto blob = find_blob(db, entry->sha256);
    if (!blob && blob.error().code == Errc::not_found)
      return Error{Errc::internal, "an entry without a blob: " + blob.error().message};
    if (!blob) return blob.error();
    digests = blob->digests;
  }
  if (!wants_html(request)) return json_answer(entry_json(*entry, digests, *versions));
  auto path = path_of(db, caller, *entry);
  if (!path) return path.error();
  if (!path->empty()) path->pop_back();
  auto data = details_data(words_for(app, request), *entry, digests, *versions);
  data["crumbs"] = crumbs_data(*path);
  data["where"] = Data(path_text(*path));
  add_preview(app, request, *entry, data);
  return html_page(app, request, "entry.html", std::move(data), &caller);
}

Result<Response> by_digest(App& app, Connection& db, const Request& request, const Caller& caller,
                           Algorithm algorithm) {
  auto digest = unhex(request.query.value(name_of(algorithm)));
  if (!digest || digest->size() != size_of(algorithm))
    return Error{
        Errc::invalid_argument, "'{}' is not a digest in hex", {std::string(name_of(algorithm))}};
  return found(app, db, request, caller,
               find_by_digest(db, caller.user.id, algorithm, *digest, most_for(caller)));
}

Result<Response> handle(App& app, Request& request) {
  if (auto allowed = allow(request, "GET, HEAD"); !allowed) return allowed.error();
  auto reader = open_reader(app, request, Nearest::yes);
  if (!reader) return reader.error();
  auto& [db, caller] = *reader;
  for (Algorithm algorithm : kAlgorithms)
    if (request.query.has(name_of(algorithm)))
      return by_digest(app, *db, request, caller, algorithm);
  if (request.query.has("id")) return details(app, *db, request, caller);
  if (auto part = request.query.value("q"); !part.empty())
    return found(app, *db, request, caller,
                 search_entries(*db, caller.user.id, part, most_for(caller)));
  return folder(app, *db, request, caller);
}

}  // namespace

int main() { return coffer::run("query", handle); }
