// storage - what fills one's quota, and what room is kept for
//
//   GET /user/storage      200  each folder below the root, the trash and old versions by their
//                               bytes, the largest files, and the uploads that are unfinished
//
// Browsers get a page with a chart, others JSON: {"quota", "used", "reserved", "versions" in
// bytes, "places": [{"folder", "name", "bytes"}], "largest": [entries], "uploads": [{"upload",
// "folder", "name", "size", "offset", "expires"}]}. The place without a name whose folder is 0
// holds the files that lie in no folder, that of 1 is the trash. Uploads are those of `resume`, who
// also ends them, 100 at most; one without a name is a part of a file.
//
//   401  nobody is signed in     403  a token for one folder
//   405  not a GET               503  the database does not answer, or not in time

#include <algorithm>

#include "base/text.h"
#include "base/time.h"
#include "coffer/app.h"
#include "coffer/entry_view.h"
#include "coffer/page.h"
#include "coffer/reader.h"
#include "meta/resumable.h"
#include "meta/usage.h"

namespace {

using namespace coffer;

constexpr std::size_t kMostLargest = 10;
constexpr std::size_t kMostUploads = 100;

// A part of the chart, which has this many colours for folders.
constexpr std::size_t kMostFolders = 7;
struct Part {
  std::string name;
  std::string href;   // "" for what has no page
  std::string color;  // a class of the style sheet
  std::uint64_t bytes = 0;
};

// What is used and in no place: the old versions.
std::uint64_t versions_of(const User& user, const std::vector<Place>& places) {
  std::uint64_t bytes = 0;
  for (const Place& place : places) bytes += place.bytes;
  return user.used > bytes ? user.used - bytes : 0;
}

std::vector<Part> parts_of(const Words& words, const User& user, const std::vector<Place>& places) {
  std::vector<Part> parts;
  Part others{words.say("Other folders"), "", "others"};
  Part loose{words.say("Files in no folder"), folder_href(kRoot), "loose"};
  Part trash{words.say("Trash"), "/file/query?folder=trash", "trash"};
  for (const Place& place : places) {
    if (place.id == kRoot)
      loose.bytes = place.bytes;
    else if (place.id == kTrash)
      trash.bytes = place.bytes;
    else if (parts.size() < kMostFolders)
      parts.push_back({place.name, folder_href(place.id), "folder" + std::to_string(parts.size()),
                       place.bytes});
    else
      others.bytes += place.bytes;
  }
  Part versions{words.say("Old versions"), "", "versions-part", versions_of(user, places)};
  for (Part* part : {&others, &loose, &versions, &trash})
    if (part->bytes > 0) parts.push_back(std::move(*part));
  return parts;
}

// A share of what is used in thousandths, and at least two of them, so that it is seen.
std::uint64_t thousandths(std::uint64_t bytes, std::uint64_t used) {
  auto share = static_cast<long double>(bytes) / static_cast<long double>(std::max(bytes, used));
  return std::max<std::uint64_t>(2, static_cast<std::uint64_t>(share * 1000));
}

Data chart_data(const User& user, const std::vector<Part>& parts) {
  Data list(Data::type::list);
  std::uint64_t left = 0;
  for (const Part& part : parts) {
    auto width = thousandths(part.bytes, user.used);
    Data row;
    row["name"] = Data(part.name);
    if (!part.href.empty()) row["href"] = Data(part.href);
    row["color"] = Data(part.color);
    row["size"] = Data(human_size(part.bytes));
    row["percent"] = Data(width < 10 ? "< 1" : std::to_string(width / 10));
    row["left"] = Data(std::to_string(left));
    row["width"] = Data(std::to_string(width));
    left += width;
    list.push_back(std::move(row));
  }
  return list;
}

Data uploads_data(const Words& words, const std::vector<Resumable>& uploads) {
  Data list(Data::type::list);
  for (const Resumable& upload : uploads) {
    Data row;
    row["id"] = Data(hex(upload.token_hash));
    row["name"] = Data(upload.name.empty() ? words.say("A part of a file") : upload.name);
    row["come"] = Data(human_size(upload.offset));
    row["size"] = Data(human_size(upload.size));
    row["time"] = Data(written_time(words.language, std::uint64_t(upload.expires)));
    list.push_back(std::move(row));
  }
  return list;
}

void write_uploads(JsonWriter& json, const std::vector<Resumable>& uploads) {
  json.begin_array();
  for (const Resumable& upload : uploads) {
    json.begin_object();
    json.member("upload", hex(upload.token_hash));
    json.member("folder", std::uint64_t(upload.folder));
    json.member("name", upload.name);
    json.member("size", upload.size);
    json.member("offset", upload.offset);
    json.member("expires", iso_time(std::uint64_t(upload.expires)));
    json.end_object();
  }
  json.end_array();
}

std::string storage_json(const User& user, const std::vector<Place>& places,
                         const std::vector<Entry>& largest, const std::vector<Resumable>& uploads) {
  JsonWriter json;
  json.begin_object();
  json.member("quota", user.quota);
  json.member("used", user.used);
  json.member("reserved", user.reserved);
  json.member("versions", versions_of(user, places));
  json.key("places");
  json.begin_array();
  for (const Place& place : places) {
    json.begin_object();
    json.member("folder", std::uint64_t(place.id));
    json.member("name", place.name);
    json.member("bytes", place.bytes);
    json.end_object();
  }
  json.end_array();
  json.key("largest");
  json.begin_array();
  for (const Entry& entry : largest) {
    json.begin_object();
    write_entry(json, entry);
    json.end_object();
  }
  json.end_array();
  json.key("uploads");
  write_uploads(json, uploads);
  json.end_object();
  return std::move(json.text());
}

Result<Response> handle(App& app, Request& request) {
  if (auto allowed = allow(request, "GET, HEAD"); !allowed) return allowed.error();
  auto reader = open_reader(app, request, Nearest::yes);
  if (!reader) return reader.error();
  auto& [db, caller] = *reader;
  const User& user = caller.user;
  auto places = list_places(*db, user.id);
  if (!places) return places.error();
  auto largest = largest_files(*db, user.id, kMostLargest);
  if (!largest) return largest.error();
  auto uploads = list_resumables(*db, user.id, kMostUploads);
  if (!uploads) return uploads.error();
  if (!wants_html(request)) return json_answer(storage_json(user, *places, *largest, *uploads));

  auto words = words_for(app, request);
  Data files(Data::type::list);
  for (const Entry& entry : *largest) files.push_back(entry_data(words.language, entry));
  Data data;
  data["title"] = Data(words.say("Storage"));
  set_used(data, user);
  data["empty"] = Data(user.used == 0);
  data["parts"] = chart_data(user, parts_of(words, user, *places));
  data["largest"] = std::move(files);
  data["any_uploads"] = Data(!uploads->empty());
  data["reserved"] = Data(human_size(user.reserved));
  data["uploads"] = uploads_data(words, *uploads);
  return html_page(app, request, "storage.html", std::move(data), &caller);
}

}  // namespace

int main() { return coffer::run("storage", handle); }
