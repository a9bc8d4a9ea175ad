// preview - look at a file without opening it
//
//   GET  /file/preview?id=I              200  an image or the first page of a PDF as a WebP that
//                                             fits into 1280 by 1280 pixels; sound, film and text
//                                             as they are, 206, 304, 416 as asked
//   GET  /file/preview?id=I&size=small   200  the picture within 96 by 96 pixels
//   GET  /file/preview?id=I&page=N       200  page N of a PDF
//   GET  /file/preview?id=I&version=V    200  an older version
//   HEAD /file/preview?id=I              200  what GET would say, without it
//
// I is an id or a path, as for /file/download. What a file is, its first bytes say, never its name
// (base/media_type.h). The answer carries an ETag.
//
//   400  a field that makes no sense     401  nobody is signed in
//   404  no such file or page of yours   405  not a GET
//   415  a file of another kind, a broken one, one that takes 2 s or 256 MiB to draw
//   503  the database does not answer, or too many pictures are being made
//
// Pictures are drawn when they are first asked for, by a process that is shut in
// (workers/thumbnailer), and kept until their file goes (coffer/preview.h). No browser gets an
// image or a PDF as a user has brought it, and nothing that is sent is run: it is sandboxed.

#include "base/media_type.h"
#include "coffer/app.h"
#include "coffer/entry_view.h"
#include "coffer/locate.h"
#include "coffer/page.h"
#include "coffer/reader.h"
#include "coffer/sendfile.h"
#include "http/condition.h"

namespace {

using namespace coffer;

constexpr std::uint64_t kMostPages = 10'000;

struct Wanted {
  PreviewSize size = kLargePreview;
  std::uint64_t page = 1;
};

Result<Wanted> wanted_of(const Fields& query) {
  Wanted wanted;
  auto size = query.value("size");
  if (size == kSmallPreview.name)
    wanted.size = kSmallPreview;
  else if (!size.empty() && size != kLargePreview.name)
    return Error{Errc::invalid_argument, "'size' is small or large"};
  auto page = number_field(query, "page");
  if (!page) return page.error();
  wanted.page = page->value_or(1);
  if (wanted.page < 1 || wanted.page > kMostPages)
    return Error{Errc::invalid_argument, "'page' is 1 to 10000"};
  return wanted;
}

Result<Response> picture(App& app, const Request& request, const Sha256& blob,
                         const Wanted& wanted) {
  auto file = app.previews.find(*app.local, blob, wanted.size, wanted.page);
  if (!file) return file.error();
  auto etag = etag_of(blob);
  etag.insert(etag.size() - 1, "-" + file->filename().string());
  return sendfile(request, *file, "image/webp", std::move(etag));
}

Result<Response> handle(App& app, Request& request) {
  if (auto allowed = allow(request, "GET, HEAD"); !allowed) return allowed.error();
  auto wanted = wanted_of(request.query);
  if (!wanted) return wanted.error();
  auto reader = open_reader(app, request, Nearest::no);
  if (!reader) return reader.error();
  auto& [db, caller] = *reader;
  auto entry = locate_file(*db, caller, request.query);
  if (!entry) return entry.error();
  request.notes.add("entry", number_text(entry->id));
  db.reset();  // a picture may take its time

  auto head = head_of(*app.local, entry->sha256);
  if (!head) return Error{Errc::data_loss, head.error().message};
  auto type = media_type(*head);
  switch (type.kind) {
    case MediaKind::image:
    case MediaKind::pdf:
      return picture(app, request, entry->sha256, *wanted);
    case MediaKind::audio:
    case MediaKind::video:
    case MediaKind::text:
      return sendfile(request, *app.local->path(entry->sha256), std::string(type.name),
                      etag_of(entry->sha256));
    case MediaKind::none:
      break;
  }
  return Error{Errc::unsupported, "files like '{}' have no preview", {entry->name}};
}

}  // namespace

int main() { return coffer::run("preview", handle); }
