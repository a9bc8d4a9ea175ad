// download - hand files out
//
//   GET  /file/download?id=I             200  the bytes; 206 a part of them, 304, 416 as asked
//   HEAD /file/download?id=I             200  what GET would say, without them
//   GET  /file/download?id=I&version=V   200  an older version
//   GET  /file/download?id=I&id=J&as=T   200  files and folders with all that is in them: T is zip,
//                                             tar, or sha256 sha1 md5 for a list to check with
//   POST /file/download  id=I&id=J&as=T  200  the same for a form; it changes nothing
//   GET  /file/downlaod?id=I             200  the same: an old spelling that links may have
//   POST /file/downlaod  id=I&as=T       200  and that forms may have
//
// I is an id or a path ("/Photos/a.jpg"; path= does as well). The answer carries ETag (the
// SHA-256), Repr-Digest (RFC 9530, as Want-Repr-Digest prefers), Last-Modified and a file name
// (RFC 6266, RFC 8187).
//
//   400  a field that makes no sense     401  nobody is signed in
//   404  no such file of yours           412  If-Match says no
//   405  not a GET                       503  the database, or the store that has it, does not
//   answer
//
// lighttpd sends the bytes (X-Sendfile), with single, many and suffix ranges and If-Range. Those
// that are in another store only come through from there, with single ranges, or after a 302 to a
// link that lives for seconds (coffer/serving.h). They are never rendered here: every file is an
// attachment, and sandboxed.

#include "base/text.h"
#include "base/time.h"
#include "coffer/app.h"
#include "coffer/archive.h"
#include "coffer/entry_view.h"
#include "coffer/locate.h"
#include "coffer/page.h"
#include "coffer/reader.h"
#include "coffer/sendfile.h"
#include "coffer/serving.h"
#include "http/condition.h"
#include "http/digest_field.h"
#include "http/form.h"
#include "meta/blob.h"

namespace {

using namespace coffer;

// An ASCII stand-in for old clients, and the true name for all others.
std::string disposition(std::string_view name) {
  std::string ascii;
  for (char c : name) ascii += c >= 0x20 && c < 0x7f && c != '"' && c != '\\' && c != '%' ? c : '_';
  return "attachment; filename=\"" + ascii + "\"; filename*=UTF-8''" + percent_encode(name);
}

Result<Response> send(App& app, const Request& request, Database::Borrowed& db,
                      const Entry& entry) {
  if (auto met = check_if_match(request.headers, entry.sha256); !met) return met.error();
  // The SHA-256 is at hand; another digest costs a look at the blob's row.
  auto want = request.headers.value("want-repr-digest");
  Digests digests{.sha256 = entry.sha256};
  if (!want.empty()) {
    auto blob = find_blob(*db, entry.sha256);
    if (!blob) return blob.error();
    digests = blob->digests;
  }
  Served served{.blob = entry.sha256, .size = entry.size, .disposition = disposition(entry.name)};
  auto response = serve_blob(app, request, db, served);
  if (!response || response->status == 302) return response;
  response->headers.add("Content-Disposition", served.disposition);
  response->headers.add("Last-Modified", http_time(std::uint64_t(entry.modified)));
  if (auto digest = repr_digest(digests, want); !digest.empty())
    response->headers.add("Repr-Digest", digest);
  return response;
}

// "Photos.zip" for one folder, "Files.zip" for more.
std::string archive_name(const std::vector<Entry>& roots, std::string_view kind) {
  bool one = roots.size() == 1 && is_row(roots.front().id);
  return (one ? roots.front().name : "Files") + "." + std::string(kind);
}

Result<Response> send_archive(App& app, const Fields& fields, const Caller& caller) {
  std::vector<Entry> roots;
  {
    auto db = app.database.borrow_read();
    if (!db) return db.error();
    for (auto id : fields.all("id")) {
      auto entry = locate(**db, caller, id);
      if (!entry) return entry.error();
      roots.push_back(std::move(*entry));
    }
  }
  if (roots.empty()) return Error{Errc::invalid_argument, "choose at least one file or folder"};
  auto kind = fields.value("as");
  auto algorithm = algorithm_named(kind);
  bool zip = kind == "zip";
  if (!zip && kind != "tar" && !algorithm)
    return Error{Errc::invalid_argument, "'as' is zip, tar, sha256, sha1, md5, crc32 or crc64"};
  auto name = algorithm ? std::string(kind) + "sums.txt" : archive_name(roots, kind);
  auto walk = Walk::from(app.database, caller.user.id, std::move(roots));
  if (!walk) return walk.error();

  Response response{.headers = inert_headers(algorithm ? "text/plain; charset=utf-8"
                                             : zip     ? "application/zip"
                                                       : "application/x-tar",
                                             "private, no-store")};
  response.headers.add("Content-Disposition", disposition(name));
  auto open = [&app](const Sha256& blob) { return app_stores(app).open(blob, {}); };
  if (algorithm) {
    response.stream = sums_of(std::move(*walk), *algorithm);
  } else if (zip) {
    auto scratch = app.staging.scratch();
    if (!scratch) return scratch.error();
    response.stream = zip_of(std::move(*walk), open, std::move(*scratch));
  } else {
    response.stream = tar_of(std::move(*walk), open);
  }
  return response;
}

Result<Response> handle(App& app, Request& request) {
  if (auto allowed = allow(request, "GET, HEAD, POST"); !allowed) return allowed.error();
  auto reader = open_reader(app, request, Nearest::no);
  if (!reader) return reader.error();
  auto& [db, caller] = *reader;
  if (request.query.has("as") || !request.is_read()) {
    db.reset();
    auto form = request.is_read() ? request.query : read_form(request);
    if (!form) return form.error();
    return send_archive(app, *form, caller);
  }
  auto entry = locate_file(*db, caller, request.query);
  if (!entry) return entry.error();
  request.notes.add("entry", number_text(entry->id));
  return send(app, request, db, *entry);
}

}  // namespace

int main() { return coffer::run("download", handle); }
