#include "base/media_type.h"

#include <algorithm>

#include "base/name.h"

namespace coffer {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kText = "text/plain; charset=utf-8";

struct Signature {
  std::string_view bytes;
  MediaType type;
};
constexpr Signature kSignatures[] = {
    {"\xff\xd8\xff"sv, {MediaKind::image, "image/jpeg"}},
    {"\x89PNG\r\n\x1a\n"sv, {MediaKind::image, "image/png"}},
    {"GIF87a"sv, {MediaKind::image, "image/gif"}},
    {"GIF89a"sv, {MediaKind::image, "image/gif"}},
    {"II*\0"sv, {MediaKind::image, "image/tiff"}},
    {"MM\0*"sv, {MediaKind::image, "image/tiff"}},
    {"%PDF-"sv, {MediaKind::pdf, "application/pdf"}},
    {"fLaC"sv, {MediaKind::audio, "audio/flac"}},
    {"ID3"sv, {MediaKind::audio, "audio/mpeg"}},
    {"\xff\xfb"sv, {MediaKind::audio, "audio/mpeg"}},
    {"\xff\xfa"sv, {MediaKind::audio, "audio/mpeg"}},
    {"\xff\xf3"sv, {MediaKind::audio, "audio/mpeg"}},
    {"\xff\xf2"sv, {MediaKind::audio, "audio/mpeg"}},
};

// ISO base media files (ISO/IEC 14496-12 §4.3) say after the size of their first box, which is
// small, and "ftyp" whose they are.
constexpr Signature kBrands[] = {
    {"avif", {MediaKind::image, "image/avif"}}, {"avis", {MediaKind::image, "image/avif"}},
    {"heic", {MediaKind::image, "image/heic"}}, {"heix", {MediaKind::image, "image/heic"}},
    {"mif1", {MediaKind::image, "image/heif"}}, {"M4A ", {MediaKind::audio, "audio/mp4"}},
    {"M4B ", {MediaKind::audio, "audio/mp4"}},  {"M4V ", {MediaKind::video, "video/mp4"}},
    {"isom", {MediaKind::video, "video/mp4"}},  {"iso2", {MediaKind::video, "video/mp4"}},
    {"iso4", {MediaKind::video, "video/mp4"}},  {"iso5", {MediaKind::video, "video/mp4"}},
    {"iso6", {MediaKind::video, "video/mp4"}},  {"mp41", {MediaKind::video, "video/mp4"}},
    {"mp42", {MediaKind::video, "video/mp4"}},  {"avc1", {MediaKind::video, "video/mp4"}},
    {"dash", {MediaKind::video, "video/mp4"}},  {"3gp4", {MediaKind::video, "video/mp4"}},
    {"3gp5", {MediaKind::video, "video/mp4"}},  {"qt  ", {MediaKind::video, "video/quicktime"}},
};

// What containers hold is told by words a little further in.
struct Content {
  std::string_view bytes;
  std::size_t offset;
  std::string_view inside;  // "" fits always
  MediaType type;
};
constexpr std::size_t kNear = 64;
constexpr Content kContents[] = {
    {"RIFF", 8, "WEBP", {MediaKind::image, "image/webp"}},
    {"RIFF", 8, "WAVE", {MediaKind::audio, "audio/wav"}},
    {"\x1a\x45\xdf\xa3", 4, "webm", {MediaKind::video, "video/webm"}},
    {"\x1a\x45\xdf\xa3", 4, "matroska", {MediaKind::video, "video/x-matroska"}},
    {"OggS", 28, "\x80theora", {MediaKind::video, "video/ogg"}},
    {"OggS", 28, "", {MediaKind::audio, "audio/ogg"}},
};

bool is_control(char c) {
  return (static_cast<unsigned char>(c) < 0x20 && "\t\n\r\f"sv.find(c) == std::string_view::npos) ||
         c == 0x7f;
}

bool is_text(std::string_view head) {
  return !head.empty() && is_utf8(head) && std::ranges::none_of(head, is_control);
}

std::string_view part(std::string_view head, std::size_t offset, std::size_t length) {
  return head.substr(std::min(offset, head.size()), length);
}

}  // namespace

MediaType media_type(std::string_view head) {
  for (const Signature& signature : kSignatures)
    if (head.starts_with(signature.bytes)) return signature.type;
  if (head.starts_with("\0\0"sv) && part(head, 4, 4) == "ftyp")
    for (const Signature& brand : kBrands)
      if (part(head, 8, 4) == brand.bytes) return brand.type;
  for (const Content& content : kContents) {
    bool riff = content.bytes == "RIFF";
    auto near = part(head, content.offset, riff ? 4 : kNear);
    if (head.starts_with(content.bytes) && near.find(content.inside) != near.npos)
      return content.type;
  }
  if (is_text(head.size() < kMediaHead ? head : whole_characters(head)))
    return {MediaKind::text, kText};
  return {};
}

// A character has at most three bytes after its first, which is not of the form 10xxxxxx.
std::string_view whole_characters(std::string_view head) {
  std::size_t tail = 0;
  while (tail < 3 && tail < head.size() && (head[head.size() - 1 - tail] & 0xc0) == 0x80) tail++;
  if (tail == head.size()) return head;
  auto first = static_cast<unsigned char>(head[head.size() - 1 - tail]);
  std::size_t length = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (tail + 1 < length) head.remove_suffix(tail + 1);
  return head;
}

}  // namespace coffer
