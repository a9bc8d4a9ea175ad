#include "coffer/entry_view.h"

#include <algorithm>

#include "base/text.h"
#include "base/time.h"

namespace coffer {
namespace {

constexpr std::string_view kDrawn[] = {"jpg",  "jpeg", "png", "gif",  "webp", "avif",
                                       "heic", "heif", "tif", "tiff", "pdf"};

bool is_drawn(const Entry& entry) {
  auto dot = entry.name.rfind('.');
  return !entry.folder && dot != entry.name.npos &&
         std::ranges::count(kDrawn, lower(entry.name.substr(dot + 1))) > 0;
}

}  // namespace

void write_entry(JsonWriter& json, const Entry& entry) {
  json.member("id", std::uint64_t(entry.id));
  json.member("name", entry.name);
  json.member("folder", std::uint64_t(entry.parent));
  json.member("kind", entry.folder ? "folder" : "file");
  if (!entry.folder) {
    json.member("size", entry.size);
    json.member("sha256", hex(entry.sha256));
  }
  json.member("created", iso_time(std::uint64_t(entry.created)));
  json.member("modified", iso_time(std::uint64_t(entry.modified)));
  if (entry.trashed) json.member("trashed", iso_time(std::uint64_t(*entry.trashed)));
}

void write_digests(JsonWriter& json, const Digests& digests) {
  for (Algorithm algorithm : kAlgorithms)
    json.member(name_of(algorithm), hex(digest_of(digests, algorithm)));
}

std::string folder_href(EntryId folder) {
  return folder == kRoot ? "/" : "/file/query?folder=" + number_text(folder);
}

Data entry_data(Language language, const Entry& entry) {
  auto when = std::uint64_t(entry.trashed.value_or(entry.modified));
  Data data;
  data["id"] = Data(number_text(entry.id));
  data["name"] = Data(entry.name);
  data["folder"] = Data(entry.folder);
  data["drawn"] = Data(is_drawn(entry));
  data["size"] = Data(entry.folder ? "" : human_size(entry.size));
  data["time"] = Data(written_time(language, when));
  data["iso"] = Data(iso_time(when));
  return data;
}

void set_used(Data& data, const User& user) {
  data["used"] = Data(human_size(user.used));
  data["quota"] = Data(human_size(user.quota));
  auto percent = user.quota == 0 ? 0.0 : 100.0 * double(user.used) / double(user.quota);
  data["percent"] = Data(std::to_string(static_cast<int>(percent)));
}

std::string path_text(const std::vector<Entry>& path) {
  std::string text;
  for (const Entry& folder : path) text += "/" + folder.name;
  return text.empty() ? "/" : text;
}

Data crumbs_data(const std::vector<Entry>& path) {
  Data crumbs(Data::type::list);
  for (const Entry& folder : path) {
    Data crumb;
    crumb["name"] = Data(folder.name);
    crumb["href"] = Data(folder_href(folder.id));
    crumbs.push_back(crumb);
  }
  return crumbs;
}

}  // namespace coffer
