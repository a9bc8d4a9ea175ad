// tus: what is read of the protocol's headers is within its limits, and read again from what we
// would write of it.

#include "http/tus.h"

#include "base/text.h"
#include "fuzz/fuzz.h"

using namespace coffer;

namespace {

constexpr std::string_view kBase = "/file/resume/";

void check_metadata(std::string_view text) {
  auto metadata = parse_metadata(text);
  if (!metadata) return;
  std::string again;
  for (const auto& [key, value] : *metadata) {
    must(!key.empty() && metadata->all(key).size() == 1);
    again += (again.empty() ? "" : ",") + key + " " + base64(bytes_of(value));
  }
  auto same = parse_metadata(again);
  must(bool(same) && same->size() == metadata->size());
  for (const auto& [key, value] : *metadata) must(same->get(key) == value);
}

void check_concat(std::string_view text) {
  auto parts = parse_concat(text, kBase);
  if (!parts) return;
  must(parts->empty() == (text.empty() || text == "partial") && parts->size() <= kMostParts);
  for (auto part : *parts) must(part.find(' ') == part.npos);
}

}  // namespace

void fuzz(std::string_view input) {
  check_metadata(take_line(input));
  if (auto checksum = parse_checksum(take_line(input)))
    must(checksum->digest.size() == size_of(checksum->algorithm));
  check_concat(take_line(input));
  Fields headers{{"upload-offset", std::string(input)}};
  if (auto number = number_header(headers, "upload-offset"))
    must(parse_number(std::to_string(*number)) == *number);
}
