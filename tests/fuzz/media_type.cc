// media_type: a file has one type, of those that a browser may be given; what is text is UTF-8 with
// nothing in it but the end of it cut, and nothing that is markup is anything else.

#include "base/media_type.h"

#include "base/name.h"
#include "fuzz/fuzz.h"

using namespace coffer;

void fuzz(std::string_view input) {
  auto type = media_type(input);
  must(media_type(input).name == type.name);
  bool media = type.name.starts_with("image/") || type.name.starts_with("audio/") ||
               type.name.starts_with("video/");
  bool text = type.name == "text/plain; charset=utf-8";
  must(media || text || type.name == "application/pdf" || type.name == "application/octet-stream");
  must(text == (type.kind == MediaKind::text));
  must(!type.name.starts_with("image/svg"));
  if (text) must(input.find('\0') == input.npos && is_utf8(whole_characters(input)));
  if (input.starts_with("<")) must(text || type.kind == MediaKind::none);

  auto whole = whole_characters(input);
  must(input.starts_with(whole) && input.size() - whole.size() <= 3);
  if (is_utf8(input)) must(whole == input);
}
