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

#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/media_type.h"
#include "coffer/app.h"
#include "coffer/entry_view.h"
#include "coffer/locate.h"
#include "coffer/page.h"
#include "coffer/reader.h"
#include "coffer/sendfile.h"
#include "coffer/serving.h"
#include "http/condition.h"
#include "meta/blob.h"

namespace {

using namespace coffer;

constexpr std::uint64_t kMostPages = 10'000;
constexpr std::uint64_t kMostFetched = 100 << 20;  // bytes of a picture that is not here

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

// The file itself or, where its bytes are in another store, a copy that has no name.
Result<Fd> open_picture(App& app, const Entry& entry) {
  if (auto file = open_file(*app.local->path(entry.sha256), O_RDONLY | O_NOFOLLOW)) return file;
  if (entry.size > kMostFetched)
    return Error{Errc::unsupported, "files like '{}' have no preview", {entry.name}};
  auto bytes = app_stores(app).open(entry.sha256, {});
  if (!bytes) return bytes.error();
  auto scratch = app.staging.scratch();
  if (!scratch) return scratch;
  auto fetched = copy(**bytes, [&](std::string_view buffer) {
    return write_all(scratch->get(), buffer, "a picture");
  });
  if (!fetched) return fetched.error();
  ::lseek(scratch->get(), 0, SEEK_SET);
  return scratch;
}

Result<bool> is_there(App& app, const Sha256& blob) {
  auto db = app.database.borrow_read();
  if (!db) return db.error();
  auto found = find_blob(**db, blob);
  if (!found && found.error().code == Errc::not_found) return false;
  if (!found) return found.error();
  return true;
}

Result<Response> picture(App& app, const Request& request, const Entry& entry,
                         const Wanted& wanted) {
  Pictured pictured{.blob = entry.sha256,
                    .open = [&] { return open_picture(app, entry); },
                    .is_there = [&] { return is_there(app, entry.sha256); }};
  auto file = app.previews.find(pictured, wanted.size, wanted.page);
  if (!file) return file.error();
  auto etag = etag_of(entry.sha256);
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

  auto head = app_stores(app).head_of(entry->sha256);
  if (!head) return head.error();
  auto type = media_type(*head);
  switch (type.kind) {
    case MediaKind::image:
    case MediaKind::pdf:
      db.reset();  // a picture may take its time
      return picture(app, request, *entry, *wanted);
    case MediaKind::audio:
    case MediaKind::video:
    case MediaKind::text:
      return serve_blob(
          app, request, db,
          {.blob = entry->sha256, .size = entry->size, .type = std::string(type.name)});
    case MediaKind::none:
      break;
  }
  return Error{Errc::unsupported, "files like '{}' have no preview", {entry->name}};
}

}  // namespace

int main() { return coffer::run("preview", handle); }
