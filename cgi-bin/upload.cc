// upload - take files in
//
//   GET  /file/upload?folder=F           200  the page; as JSON how large a file may be
//   POST /file/upload  (a form)          303  to the folder; as JSON 201 with the files
//   POST /file/upload?folder=F  (a tar)  201  every file of it is in; 207 not every one
//   PUT  /file/upload?folder=F&name=N    201  the body is the file; 200 if it was there before
//
// F is a folder's id or path ("/Photos"); the default is the root. In a form, each part with a
// file name is a file, and the fields folder, conflict, sha256, sha1, md5, crc32, crc64 and csrf
// may stand before or after; a digest is given once for each file, in the files' order. A form
// may have 1,000 files, of which all come in or none. A PUT takes the same names in its query.
// conflict says what happens where the name exists: version (the default: the old bytes are kept as
// a version), rename, or fail.
//
// A tar (Content-Type: application/x-tar; ustar, pax or GNU) is for many small files. Its query
// takes conflict, and csrf from who has a cookie. Files and folders go below F under their paths;
// folders on the way are made. "files" in the answer says of each, in the archive's order, what
// became of it:
//
//   {"path":"a/b.txt","id":7,"name":"b.txt","folder":6,"outcome":"created","sha256":...}
//   {"path":"a/../b","name":"a/../b","error":"'..' cannot be a name","status":400}
//
// One that is refused keeps no other out. Refused are links, devices, pipes, files with holes,
// types that we do not know, paths that begin with a slash or have a name in them that no file may
// have, what is too large or over the quota, and bytes that do not have the SHA-256 of their pax
// record COFFER.sha256 (hex). A digest of the whole archive (Repr-Digest, Content-Digest,
// Content-MD5) cannot be enforced, since its first files are in before its last have come, and is
// refused with 400.
//
// Files come in by groups. Where the archive turns out to be damaged or cut, or the disk is full,
// or the database gone, the groups before stay, and their files are listed in a 207 that has
// "error" and "status" beside "files": what is not listed did not come in (with a 503 it may have,
// where the database went away while it was told to commit). If none has come in by then, the
// answer is that error alone. Folders may be left. An archive may have 10,000 members. To a
// browser, a 201 is a 303 to the folder.
//
//   400  a name, field or header that makes no sense      409  the name exists, or is a folder
//   401  nobody is signed in                              411  no Content-Length
//   403  a form that is not from your session             412  If-Match or If-None-Match: * says no
//   404  no such folder                                   413  over the quota or the limit
//   405  not a GET, POST or PUT                           415  not a form or tar
//   408  too little came in a minute
//   422  the bytes are not those that Repr-Digest, Content-Digest, Content-MD5 or a field declares
//   503  the database does not answer                     507  the disk is full
//
// A 2xx means that the file is on the disk and in the database, durably. Anything else means
// that nothing was kept; of a tar, that no file was. All files of a form come in, or none.

#include "base/text.h"
#include "coffer/app.h"
#include "coffer/arrivals.h"
#include "coffer/bulk.h"
#include "coffer/entry_view.h"
#include "coffer/ingest.h"
#include "coffer/locate.h"
#include "coffer/page.h"

namespace {

using namespace coffer;

Result<Response> show(App& app, const Request& request, const Caller& caller) {
  auto db = app.database.borrow();
  if (!db) return db.error();
  auto folder = locate_folder(**db, caller, request.query.value("folder"));
  if (!folder) return folder.error();
  auto path = path_of(**db, caller, *folder);
  if (!path) return path.error();
  auto left = Ingest(app, caller.user, caller.actor).room();
  if (!left) return left.error();
  auto free = app.staging.room();
  if (!free) return free.error();

  if (wants_html(request)) {
    Data data;
    data["title"] = Data(words_for(app, request).say("Upload"));
    data["crumbs"] = crumbs_data(*path);
    data["folder"] = Data(number_text(folder->id));
    data["left"] = Data(human_size(*left));
    return html_page(app, request, "upload.html", std::move(data), &caller);
  }
  JsonWriter json;
  json.begin_object();
  json.member("folder", std::uint64_t(folder->id));
  json.member("largest", std::min(*left, app.config.upload));
  json.member("left", *left);
  json.member("free", *free);
  json.member("files", std::uint64_t(kMostMembers));
  json.end_object();
  return json_answer(json.text());
}

Result<Response> put(App& app, Request& request, const Caller& caller) {
  auto name = request.query.require("name");
  if (!name) return name.error();
  auto file = new_file(caller.user.id, *name, request.query, request.headers);
  if (!file) return file.error();
  auto declared = declared_in(request);
  if (!declared) return declared.error();
  if (auto placed = set_folder(app, caller, request.query.value("folder"), *file); !placed)
    return placed.error();

  Ingest ingest(app, caller.user, caller.actor);
  if (auto fits = ingest.fits(*request.length); !fits) return fits.error();
  if (auto admitted = ingest.admit(*request.length); !admitted) return admitted.error();
  auto staged = ingest.receive(*request.body, *request.length);
  if (!staged) return staged.error();
  if (auto same = check_declared(*declared, staged->digests); !same) return same.error();
  std::vector<Arrival> arrivals;
  arrivals.push_back({std::move(*file), std::move(*staged)});
  auto puts = ingest.commit(arrivals);
  if (!puts) return puts.error();

  const Arrival& arrival = arrivals.front();
  return arrival_answer(arrival.file.folder, blob_of(arrival.staged), puts->front());
}

Result<Response> post(App& app, Request& request, const Caller& caller) {
  Ingest ingest(app, caller.user, caller.actor);
  if (auto admitted = ingest.admit(*request.length); !admitted) return admitted.error();
  auto form = receive_form(ingest, request);
  if (!form) return form.error();
  if (auto ours = check_csrf(caller, form->fields); !ours) return ours.error();
  if (form->files.empty()) return Error{Errc::invalid_argument, "choose at least one file"};
  auto folder = locate_folder(app, caller, form->fields.value("folder"));
  if (!folder) return folder.error();
  auto arrivals = arrivals_of(caller.user.id, folder->id, std::move(*form), request.headers);
  if (!arrivals) return arrivals.error();
  auto puts = ingest.commit(*arrivals);
  if (!puts) return puts.error();

  if (wants_html(request)) return see_other(folder_href(folder->id));
  JsonWriter json;
  json.begin_object();
  json.key("files");
  json.begin_array();
  for (std::size_t i = 0; i < puts->size(); i++)
    write_arrival(json, folder->id, blob_of((*arrivals)[i].staged), (*puts)[i]);
  json.end_array();
  json.end_object();
  return json_answer(json.text(), 201);
}

Result<Response> unpack(App& app, Request& request, const Caller& caller) {
  auto like = new_file(caller.user.id, "any", request.query, request.headers);
  if (!like) return like.error();
  auto declared = declared_in(request);
  if (!declared) return declared.error();
  if (!declared->empty())
    return Error{Errc::invalid_argument,
                 "a digest of all of an archive is not taken: give each file its COFFER.sha256"};
  auto folder = locate_folder(app, caller, request.query.value("folder"));
  if (!folder) return folder.error();
  like->folder = folder->id;
  Ingest ingest(app, caller.user, caller.actor);
  if (auto admitted = ingest.admit(*request.length); !admitted) return admitted.error();
  Bulk bulk(app, ingest, request, caller, *like);
  auto taken = bulk.take(*request.body, *request.length);
  request.notes.add("files", std::to_string(bulk.came()));
  request.notes.add("refused", std::to_string(bulk.refused()));
  if (!taken && bulk.came() == 0) return taken.error();
  if (!taken) request.notes.add("error", taken.error().message);
  bool whole = taken && bulk.refused() == 0;
  if (whole && wants_html(request)) return see_other(folder_href(like->folder));
  return json_answer(bulk.account(taken), whole ? 201 : 207);
}

Result<Response> handle(App& app, Request& request) {
  if (auto allowed = allow(request, "GET, HEAD, POST, PUT"); !allowed) return allowed.error();
  auto caller = require_user(app, request);
  if (!caller) return caller.error();
  if (request.is_read()) return show(app, request, *caller);
  if (!request.length) return Error{Errc::length_required, "the body needs a Content-Length"};
  request.notes.add("bytes", std::to_string(*request.length));
  bool tar = request.headers.value("content-type") == "application/x-tar";
  if (request.method == "POST" && !tar) return post(app, request, *caller);
  // What is no form has the token in its query.
  if (auto ours = check_csrf(*caller, request.query); !ours) return ours.error();
  return tar && request.method == "POST" ? unpack(app, request, *caller)
                                         : put(app, request, *caller);
}

}  // namespace

int main() { return coffer::run("upload", handle); }
