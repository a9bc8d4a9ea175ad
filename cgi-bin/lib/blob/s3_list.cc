#include "blob/s3_list.h"

#include <algorithm>

#include "base/text.h"

namespace coffer {
namespace {

constexpr std::size_t kPage = 1000;  // the most that S3 lists at once

// A list that is asked for in percent-encoding can name also what XML cannot. A server that does
// not know it says so by not repeating it.
std::string object_of(const Xml& page, std::string_view text) {
  if (page.at("EncodingType") != "url") return std::string(text);
  std::string object;
  for (std::size_t i = 0; i < text.size(); i++) {
    auto byte = text[i] == '%' ? unhex(text.substr(i + 1, 2)) : std::nullopt;
    if (byte && byte->size() == 1) {
      object += static_cast<char>(byte->front());
      i += 2;
    } else {
      object += text[i] == '+' ? ' ' : text[i];
    }
  }
  return object;
}

std::optional<Key> key_of(std::string_view object, std::string_view prefix) {
  if (!object.starts_with(prefix)) return {};
  return parse_key(object.substr(prefix.size()));
}

Error runs_in_circles() { return {Errc::internal, "the bucket's list does not go on"}; }

}  // namespace

Result<std::vector<Key>> list_objects(S3Client& client, const std::string& prefix,
                                      const std::optional<Key>& after, std::size_t limit) {
  std::vector<Key> keys;
  auto last = prefix + (after ? key_text(*after) : "");
  while (keys.size() < limit) {
    S3Request request{.query = {{"list-type", "2"},
                                {"prefix", prefix},
                                {"max-keys", std::to_string(std::min(limit, kPage))},
                                {"encoding-type", "url"}}};
    if (!last.empty()) request.query.emplace_back("start-after", last);
    auto page = client.ask(request);
    if (!page) return page.error();
    auto before = last;
    for (auto& item : page->children) {
      if (item.name != "Contents") continue;
      auto object = object_of(*page, item.at("Key"));
      if (object <= last) return runs_in_circles();
      last = object;
      auto key = key_of(object, prefix);
      if (key && keys.size() < limit) keys.push_back(*key);
    }
    if (page->at("IsTruncated") != "true") return keys;
    if (last == before) return runs_in_circles();
  }
  return keys;
}

Result<std::vector<OpenUpload>> list_uploads(S3Client& client, const std::string& prefix) {
  std::vector<OpenUpload> uploads;
  std::string after_object, after_id;
  while (uploads.size() < kPage) {
    S3Request request{.query = {{"uploads", ""},
                                {"prefix", prefix},
                                {"max-uploads", std::to_string(kPage)},
                                {"encoding-type", "url"}}};
    if (!after_object.empty()) {
      request.query.emplace_back("key-marker", after_object);
      request.query.emplace_back("upload-id-marker", after_id);
    }
    auto page = client.ask(request);
    if (!page) return page.error();
    auto count = uploads.size();
    for (auto& item : page->children)
      if (item.name == "Upload")
        uploads.push_back({object_of(*page, item.at("Key")), std::string(item.at("UploadId"))});
    if (page->at("IsTruncated") != "true") return uploads;
    if (uploads.size() == count) return runs_in_circles();
    after_object = object_of(*page, page->at("NextKeyMarker"));
    after_id = page->at("NextUploadIdMarker");
    if (after_object.empty()) return runs_in_circles();
  }
  return uploads;
}

}  // namespace coffer
