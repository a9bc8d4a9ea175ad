#include "coffer/arrivals.h"

#include <optional>

#include "base/name.h"
#include "coffer/entry_view.h"
#include "coffer/locate.h"
#include "coffer/page.h"
#include "digest/digester.h"
#include "http/condition.h"
#include "http/form.h"
#include "http/multipart.h"

namespace coffer {
namespace {

// The body of a form, counted, and digested where the client declares a digest of all of it.
class FormBody : public Source {
 public:
  FormBody(Source& body, std::uint64_t length, bool digested) : body_(body), left_(length) {
    if (digested) digester_.emplace();
  }

  Result<std::size_t> read(std::span<char> buffer) override {
    auto n = body_.read(buffer);
    if (!n) return n;
    left_ -= *n;
    if (digester_) digester_->update({buffer.data(), *n});
    return n;
  }

  std::uint64_t left() const { return left_; }
  Digests digests() { return digester_->finish(); }

 private:
  Source& body_;
  std::uint64_t left_;
  std::optional<Digester> digester_;
};

Result<Conflict> conflict_of(std::string_view text) {
  if (text.empty() || text == "version") return Conflict::version;
  if (text == "rename") return Conflict::rename;
  if (text == "fail") return Conflict::fail;
  return Error{Errc::invalid_argument, "'conflict' is version, rename or fail"};
}

Result<Precondition> precondition_of(const Fields& headers) {
  Precondition wanted;
  if (auto text = headers.get("if-match")) {
    auto tags = parse_tags(*text);
    if (!tags) return tags.error();
    wanted.must_exist = true;
    if (!tags->any) wanted.must_be = std::move(tags->sha256s);
  }
  if (auto text = headers.get("if-none-match")) {
    auto tags = parse_tags(*text);
    if (!tags) return tags.error();
    if (!tags->any)
      return Error{Errc::invalid_argument, "for an upload only 'If-None-Match: *' has a meaning"};
    wanted.must_not_exist = true;
  }
  return wanted;
}

// The bytes after the last boundary mean nothing, but a declared digest covers them.
Result<> drain(Source& body) {
  auto rest = copy(body, [](std::string_view) { return Result<>{}; });
  if (!rest) return rest.error();
  return {};
}

// They become files in one transaction, for which others wait.
constexpr std::size_t kMostFiles = 1000;

// So many files are synced as they come, each by itself; of more the rest is synced together.
constexpr std::size_t kFew = 4;

Result<> take_part(Ingest& ingest, Multipart& multipart, std::uint64_t most, const Part& part,
                   FileForm& form) {
  if (form.fields.size() == kMostFields) return Error{Errc::too_large, "too many fields"};
  if (!part.file_name) {
    form.text += part.name.size();
    if (form.text > kMostFormBytes)
      return Error{Errc::too_large, "the fields of a form may have a megabyte at most"};
    auto value = read_all(multipart, kMostFormBytes - form.text);
    if (!value) return value.error();
    form.text += value->size();
    if (!is_utf8(*value)) return Error{Errc::invalid_argument, "the form is not UTF-8"};
    form.fields.add(part.name, std::move(*value));
    return {};
  }
  if (part.file_name->empty()) return drain(multipart);  // no file was chosen in this field
  if (form.files.size() == kMostFiles)
    return Error{Errc::too_large,
                 "a form may have {} files at most, and a tar more",
                 {std::to_string(kMostFiles)}};
  auto name = file_name(*part.file_name);
  if (!name) return name.error();
  auto staged = form.files.size() < kFew ? ingest.receive(multipart, most)
                                         : ingest.receive_unsynced(multipart, most);
  if (!staged) return staged.error();
  form.files.push_back({std::move(*name), std::move(*staged)});
  return {};
}

}  // namespace

Result<FileForm> receive_form(Ingest& ingest, Request& request) {
  auto boundary = multipart_boundary(request.headers.value("content-type"));
  if (!request.headers.value("content-type").starts_with("multipart/form-data"))
    return Error{Errc::unsupported, "files are sent as multipart/form-data, or with PUT"};
  if (!boundary) return boundary.error();
  auto declared = declared_in_headers(request.headers);
  if (!declared) return declared.error();

  FormBody body(*request.body, request.length.value_or(0), !declared->empty());
  Multipart multipart(body, *boundary);
  FileForm form;
  for (;;) {
    auto part = multipart.next();
    if (!part) return part.error();
    if (!*part) break;
    auto taken = take_part(ingest, multipart, body.left() + Multipart::kBufferSize, **part, form);
    if (!taken) return taken.error();
  }
  if (auto drained = drain(body); !drained) return drained.error();
  if (declared->empty()) return form;
  if (auto same = check_declared(*declared, body.digests()); !same) return same.error();
  return form;
}

Result<NewFile> new_file(UserId owner, std::string_view name, const Fields& fields,
                         const Fields& headers) {
  auto checked = file_name(name);
  if (!checked) return checked.error();
  auto conflict = conflict_of(fields.value("conflict"));
  if (!conflict) return conflict.error();
  auto precondition = precondition_of(headers);
  if (!precondition) return precondition.error();
  NewFile file;
  file.owner = owner;
  file.name = std::move(*checked);
  file.conflict = *conflict;
  file.precondition = std::move(*precondition);
  return file;
}

Result<> set_folder(App& app, const Caller& caller, std::string_view folder, NewFile& file) {
  auto db = app.database.borrow();
  if (!db) return db.error();
  auto found = locate_folder(**db, caller, folder);
  if (!found) return found.error();
  file.folder = found->id;
  return check_put(**db, file);
}

Result<std::vector<Arrival>> arrivals_of(UserId owner, EntryId folder, FileForm form,
                                         const Fields& headers) {
  std::vector<Arrival> arrivals;
  for (std::size_t i = 0; i < form.files.size(); i++) {
    auto& [name, staged] = form.files[i];
    auto declared = declared_in_fields(form.fields, i, form.files.size());
    if (!declared) return declared.error();
    if (auto same = check_declared(*declared, staged.digests); !same) return same.error();
    auto file = new_file(owner, name, form.fields, headers);
    if (!file) return file.error();
    file->folder = folder;
    arrivals.push_back({std::move(*file), std::move(staged)});
  }
  return arrivals;
}

void write_arrival(JsonWriter& json, EntryId folder, const Blob& bytes, const Put& put,
                   std::string_view path) {
  const char* outcome = put.outcome == Put::Outcome::created    ? "created"
                        : put.outcome == Put::Outcome::replaced ? "replaced"
                                                                : "unchanged";
  json.begin_object();
  if (!path.empty()) json.member("path", path);
  json.member("id", std::uint64_t(put.id));
  json.member("name", put.name);
  json.member("folder", std::uint64_t(folder));
  json.member("outcome", outcome);
  json.member("size", bytes.size);
  write_digests(json, bytes.digests);
  json.end_object();
}

Response arrival_answer(EntryId folder, const Blob& bytes, const Put& put) {
  JsonWriter json;
  write_arrival(json, folder, bytes, put);
  auto answer = json_answer(json.text(), put.outcome == Put::Outcome::created ? 201 : 200);
  answer.headers.add("Location", "/file/query?id=" + number_text(put.id));
  answer.headers.add("ETag", etag_of(bytes.digests.sha256));
  return answer;
}

Blob blob_of(const Staged& staged) { return {.digests = staged.digests, .size = staged.size}; }

}  // namespace coffer
