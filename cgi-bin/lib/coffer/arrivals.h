// Arrivals: from a request's fields and files to what Ingest commits.

#pragma once

#include <vector>

#include "base/json.h"
#include "coffer/ingest.h"
#include "coffer/session.h"
#include "http/digest_field.h"
#include "http/message.h"

namespace coffer {

/// A form with files that has been received: its fields, and each file with its name.
struct FileForm {
  struct File {
    std::string name;
    Staged staged;
  };
  Fields fields;
  std::size_t text = 0;  // bytes of the fields and their names
  std::vector<File> files;
};

/// Receives a form, files to the disk and fields into memory, in whatever order they come. A
/// field for which no file was chosen is left out. Checks the digests that the request's
/// headers declare of the whole body. Errc::too_large for more than kMostFields fields,
/// kMostFormBytes of them, or 1000 files.
Result<FileForm> receive_form(Ingest& ingest, Request& request);

/// Where a file of that name is to go: fields say `conflict`, headers If-Match and
/// If-None-Match. Its folder is still to be set.
Result<NewFile> new_file(UserId owner, std::string_view name, const Fields& fields,
                         const Fields& headers);

/// Sets its folder to that which `folder` names, see locate_folder() and check_put().
Result<> set_folder(App& app, const Caller& caller, std::string_view folder, NewFile& file);

/// The files of a form, each checked against the digests that its fields declare.
Result<std::vector<Arrival>> arrivals_of(UserId owner, EntryId folder, FileForm form,
                                         const Fields& headers);

/// The file that `put` has put into `folder`, and its bytes, as a JSON object; with the path
/// under which it came, if any.
void write_arrival(JsonWriter& json, EntryId folder, const Blob& bytes, const Put& put,
                   std::string_view path = "");

/// The answer to whoever has sent that one file: 201, or 200 if one of the name was there.
Response arrival_answer(EntryId folder, const Blob& bytes, const Put& put);

/// What of an arrival is a blob.
Blob blob_of(const Staged& staged);

}  // namespace coffer
