// resume - take large files in over bad lines, in pieces: tus 1.0, https://tus.io
//
//   OPTIONS /file/resume                204  what of the protocol there is
//   POST    /file/resume?folder=F&name=N
//                                       201  begun; Location is the upload's own address
//   HEAD    /file/resume/TOKEN          200  Upload-Offset says how many bytes are safe
//   PATCH   /file/resume/TOKEN          204  a piece is safe; with the last one it is a file
//   DELETE  /file/resume/TOKEN          204  ended, and what had come is gone
//   POST    /file/resume  action=end&upload=U
//                                       200  {"ended":1}, or 303: the same, from a form, for who
//                                            has no address but what /user/storage says
//
// Extensions: creation, creation-with-upload, expiration, checksum (sha1, sha256, md5, crc32),
// termination, concatenation. Upload-Metadata's filename (or name), folder (a path or an id),
// conflict (see upload) and sha256 (in hex, enforced) say what becomes of it; a query can say
// the same. X-HTTP-Method-Override says the method of a POST. Every request but OPTIONS has
// Tus-Resumable: 1.0.0, which no foreign page can make a browser send, so there need be no csrf;
// where the POST that begins has one in its query, it begins in that session only. The form has
// one.
//
// An offset counts what survives a power cut. A cut line costs nothing of what came before; a
// program that is killed, 64 MiB at most; a piece with an Upload-Checksum comes in whole or not
// at all. Once whole it is a file like any other (Content-Location), in the root if its folder is
// gone by then: if there was no answer, or the database was away, HEAD finishes it. It ends when
// nobody has gone on with it for a week (Upload-Expires). A final upload is copied of its parts,
// which end, before the answer comes.
//
//   400  a header or field that makes no sense      412  not tus 1.0.0
//   401  nobody is signed in                        413  over the quota, the limit or the length
//   403  a token for reading; a csrf that is not    415  a PATCH that is no offset+octet-stream
//        of the session; a PATCH of a final         422  not the bytes of the declared sha256
//   404  no such upload or folder, or it has ended  423  still held by another request
//   405  another method                             429  10,000 unfinished uploads
//   408  too little came in a minute                460  not the bytes of the Upload-Checksum
//   409  not at that offset, or another one is at   503  the database does not answer
//        it; the name exists                        507  the disk is full
//   411  no Content-Length

#include "coffer/resume.h"

#include "base/text.h"
#include "base/time.h"
#include "coffer/app.h"
#include "coffer/arrivals.h"
#include "coffer/entry_view.h"
#include "coffer/ingest.h"
#include "coffer/page.h"
#include "digest/token.h"
#include "http/form.h"
#include "http/tus.h"

namespace {

using namespace coffer;

constexpr std::string_view kBase = "/file/resume";
constexpr std::string_view kPieceType = "application/offset+octet-stream";
constexpr std::size_t kMostHeaderBytes = 8192;

// What the metadata says, else the query.
std::string_view said(const Fields& metadata, const Request& request, std::string_view name) {
  auto value = metadata.get(name);
  return value ? *value : request.query.value(name);
}

Result<std::optional<Declared>> checksum_of(const Request& request) {
  auto text = request.headers.get("upload-checksum");
  if (!text) return std::optional<Declared>{};
  auto checksum = parse_checksum(*text);
  if (!checksum) return checksum.error();
  return std::optional(std::move(*checksum));
}

Result<> check_piece_type(const Request& request) {
  if (request.headers.value("content-type") == kPieceType) return {};
  return Error{Errc::unsupported, "a piece has the type {}", {std::string(kPieceType)}};
}

Result<> check_length(const Resumable& upload, std::uint64_t length) {
  if (length <= upload.size - upload.offset) return {};
  return Error{Errc::too_large,
               "the piece has {} bytes, and only {} are still to come",
               {std::to_string(length), std::to_string(upload.size - upload.offset)}};
}

// How far an upload is, in the headers of an answer.
Response state_answer(const Resumable& upload, int status) {
  Response answer{.status = status};
  answer.headers.add("Upload-Offset", std::to_string(upload.offset));
  answer.headers.add("Upload-Expires", http_time(std::uint64_t(upload.expires)));
  if (upload.entry)
    answer.headers.add("Content-Location", "/file/query?id=" + number_text(*upload.entry));
  return answer;
}

// Where its file is to go. A part of another one goes nowhere, but who is confined makes it there.
Result<> set_place(App& app, const Request& request, const Caller& caller, const Fields& metadata,
                   Resumable& upload) {
  upload.folder = caller.grant.root;
  if (upload.is_partial()) return {};

  auto name = said(metadata, request, metadata.has("filename") ? "filename" : "name");
  if (name.empty()) return Error{Errc::invalid_argument, "Upload-Metadata has no filename"};
  Fields fields{{"conflict", std::string(said(metadata, request, "conflict"))},
                {"sha256", std::string(said(metadata, request, "sha256"))}};
  auto file = new_file(caller.user.id, name, fields, {});
  if (!file) return file.error();
  auto declared = declared_in_fields(fields, 0, 1);
  if (!declared) return declared.error();
  if (auto placed = set_folder(app, caller, said(metadata, request, "folder"), *file); !placed)
    return placed;
  upload.folder = file->folder;
  upload.name = file->name;
  upload.conflict = file->conflict;
  if (!declared->empty())
    std::ranges::copy(declared->front().digest, upload.sha256.emplace().begin());
  return {};
}

// A first piece that comes with the creation. Its client has no address to go on with until it has
// the answer, so what fails is nothing that it could come back to.
Result<> receive_first(Resume& resume, Request& request, const std::string& token,
                       const std::optional<Declared>& checksum) {
  auto held = resume.hold(token_hash(token), Resume::How::wait);
  if (!held) return held.error();
  auto received =
      *request.length > 0 ? resume.receive(*held, *request.length, checksum) : resume.finish(*held);
  if (received) return {};
  if (auto ended = resume.end(*held); !ended && ended.error().code != Errc::not_found) return ended;
  return received;
}

// One whose bytes are still to come. Returns its token.
Result<std::string> begin(App& app, Resume& resume, Request& request, const Caller& caller,
                          Resumable& upload) {
  if (request.headers.has("upload-defer-length"))
    return Error{Errc::invalid_argument, "an upload says its Upload-Length when it begins"};
  auto size = number_header(request.headers, "upload-length");
  if (!size) return size.error();
  upload.size = *size;
  if (auto fits = Ingest(app, caller.user, caller.actor).fits(upload.size); !fits)
    return fits.error();
  if (!request.length) return Error{Errc::length_required, "the body needs a Content-Length"};
  if (*request.length > 0)
    if (auto piece = check_piece_type(request); !piece) return piece.error();
  if (auto fits = check_length(upload, *request.length); !fits) return fits.error();
  auto checksum = checksum_of(request);
  if (!checksum) return checksum.error();
  auto token = resume.begin(upload);
  if (!token) return token;
  if (*request.length > 0 || upload.size == 0)
    if (auto received = receive_first(resume, request, *token, *checksum); !received)
      return received.error();
  return token;
}

Result<Response> create(App& app, Request& request, const Caller& caller) {
  if (request.query.has("csrf"))
    if (auto ours = check_csrf(caller, request.query); !ours) return ours.error();
  Resume resume(app, caller, request);
  Resumable upload;
  upload.metadata = request.headers.value("upload-metadata");
  upload.concat = request.headers.value("upload-concat");
  if (upload.metadata.size() > kMostHeaderBytes || upload.concat.size() > kMostHeaderBytes)
    return Error{Errc::too_large, "Upload-Metadata and Upload-Concat may have 8 KiB each"};
  auto metadata = parse_metadata(upload.metadata);
  if (!metadata) return metadata.error();
  auto parts = parse_concat(upload.concat, std::string(kBase) + "/");
  if (!parts) return parts.error();
  if (auto placed = set_place(app, request, caller, *metadata, upload); !placed)
    return placed.error();
  auto token =
      upload.is_final() ? resume.join(upload, *parts) : begin(app, resume, request, caller, upload);
  if (!token) return token.error();
  auto begun = resume.find(token_hash(*token));
  if (!begun) return begun.error();
  auto answer = state_answer(*begun, 201);
  answer.headers.add("Location", std::string(kBase) + "/" + *token);
  return answer;
}

Result<Response> head(Resume& resume, std::string_view token) {
  auto held = resume.hold(token_hash(token), Resume::How::interrupt);
  if (!held) return held.error();
  if (auto finished = resume.finish(*held); !finished) return finished.error();
  const auto& upload = held->upload;
  auto answer = state_answer(upload, 200);
  answer.headers.add("Upload-Length", std::to_string(upload.size));
  answer.headers.add("Cache-Control", "no-store");
  if (!upload.metadata.empty()) answer.headers.add("Upload-Metadata", upload.metadata);
  if (!upload.concat.empty()) answer.headers.add("Upload-Concat", upload.concat);
  return answer;
}

Result<Response> patch(Resume& resume, Request& request, std::string_view token) {
  if (auto piece = check_piece_type(request); !piece) return piece.error();
  auto offset = number_header(request.headers, "upload-offset");
  if (!offset) return offset.error();
  if (!request.length) return Error{Errc::length_required, "the body needs a Content-Length"};
  request.notes.add("bytes", std::to_string(*request.length));
  auto checksum = checksum_of(request);
  if (!checksum) return checksum.error();
  auto held = resume.hold(token_hash(token), Resume::How::wait);
  // Who sends at the same time is not at the offset where this one will be.
  if (!held && held.error().code == Errc::locked)
    return Error{Errc::conflict, "another request is sending to this upload"};
  if (!held) return held.error();
  auto& upload = held->upload;
  if (upload.is_final())
    return Error{Errc::permission_denied, "a final upload is made of others and takes no bytes"};
  if (*offset != upload.offset)
    return Error{Errc::conflict,
                 "the upload is at {}, not at {}",
                 {std::to_string(upload.offset), std::to_string(*offset)}};
  if (auto fits = check_length(upload, *request.length); !fits) return fits.error();
  auto received = *request.length > 0 ? resume.receive(*held, *request.length, *checksum)
                                      : resume.finish(*held);
  if (!received) return received.error();
  // When it expires now is said by the database's clock.
  auto now = resume.find(token_hash(token));
  if (!now) return now.error();
  return state_answer(*now, 204);
}

Result<Response> terminate(Resume& resume, std::string_view token) {
  auto held = resume.hold(token_hash(token), Resume::How::end);
  if (!held) return held.error();
  if (auto ended = resume.end(*held); !ended) return ended.error();
  return Response{.status = 204};
}

// The page that lists them ends one.
Result<Response> end_from_form(App& app, Request& request) {
  auto caller = require_user(app, request);
  if (!caller) return caller.error();
  auto form = read_form(request);
  if (!form) return form.error();
  if (auto ours = check_csrf(*caller, *form); !ours) return ours.error();
  if (form->value("action") != "end") return Error{Errc::invalid_argument, "'action' is end"};
  Sha256 token_hash{};
  auto bytes = unhex(form->value("upload"));
  if (bytes && bytes->size() == token_hash.size()) std::ranges::copy(*bytes, token_hash.begin());
  Resume resume(app, *caller, request);
  auto held = resume.hold(token_hash, Resume::How::end);
  if (!held) return held.error();
  if (held->upload.entry) return Error{Errc::not_found, "that upload is a file by now"};
  if (auto ended = resume.end(*held); !ended) return ended.error();
  return changed_answer(request, "/user/storage", "ended", 1);
}

Result<Response> answer(App& app, Request& request) {
  request.method = tus_method(request);
  if (request.method == "OPTIONS")
    return Response{.status = 204,
                    .headers = {{"Tus-Version", std::string(kTusVersion)},
                                {"Tus-Max-Size", std::to_string(app.config.upload)},
                                {"Tus-Extension", std::string(kTusExtensions)},
                                {"Tus-Checksum-Algorithm", std::string(kTusChecksums)}}};
  auto token = std::string_view(request.path).substr(kBase.size());
  if (!token.empty()) token.remove_prefix(1);
  if (auto allowed =
          allow(request, token.empty() ? "OPTIONS, POST" : "DELETE, HEAD, OPTIONS, PATCH");
      !allowed)
    return allowed.error();
  auto version = request.headers.get("tus-resumable");
  if (!version && token.empty() && is_urlencoded(request)) return end_from_form(app, request);
  if (version.value_or("") != kTusVersion)
    return Error{Errc::precondition_failed, "this address speaks tus 1.0.0 only"};
  // A question where to go on may finish the upload, and is one to who may write.
  auto caller = require_writer(app, request);
  if (!caller) return caller.error();
  if (token.empty()) return create(app, request, *caller);
  Resume resume(app, *caller, request);
  if (request.method == "HEAD") return head(resume, token);
  if (request.method == "PATCH") return patch(resume, request, token);
  return terminate(resume, token);
}

Result<Response> handle(App& app, Request& request) {
  auto answered = answer(app, request);
  auto response = answered ? std::move(*answered) : error_page(app, request, answered.error());
  response.headers.add("Tus-Resumable", std::string(kTusVersion));
  if (response.status == 412) response.headers.add("Tus-Version", std::string(kTusVersion));
  return response;
}

}  // namespace

int main() { return coffer::run("resume", handle); }
