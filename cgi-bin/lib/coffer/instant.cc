#include "coffer/instant.h"

#include <algorithm>

#include "coffer/ingest.h"
#include "meta/blob.h"
#include "meta/copy.h"
#include "meta/user.h"

namespace coffer {
namespace {

// The blob if it has a good copy. Its row is locked: while that is so no sweeper dooms it and no
// mover lets its local copy go, and from then on it is one that somebody refers to.
Result<std::optional<Blob>> lock_bytes(App& app, Transaction& tx, const NewFile& file) {
  auto blob = lock_blob(tx, file.sha256);
  if (!blob) return blob;
  if (!*blob || (*blob)->size != file.size) return std::optional<Blob>{};
  auto copies = find_copies(tx, file.sha256);
  if (!copies) return copies.error();
  auto here = app.local->stat(file.sha256);
  bool good = std::ranges::any_of(*copies, [&](const Copy& copy) {
    return copy.good() && (copy.store != kLocal || (here && here->size == file.size));
  });
  return good ? blob : std::optional<Blob>{};
}

}  // namespace

Result<std::optional<Referred>> refer(App& app, const Actor& actor, const NewFile& file) {
  std::optional<Referred> referred;
  bool gone = false;
  auto committed = app.batch.run([&](Transaction& tx) -> Result<> {
    gone = false;
    auto put = put_file(tx, file);
    if (!put) return put.error();
    bool unchanged = put->outcome == Put::Outcome::unchanged;
    // The user before the blob, as everywhere (lock_user).
    if (!unchanged)
      if (auto charged = charge(tx, file.owner, file.size, 0); !charged) return charged;
    auto bytes = lock_bytes(app, tx, file);
    if (!bytes) return bytes.error();
    gone = !*bytes;
    if (gone) return Error{Errc::unavailable, "a blob has no good copy, or is being removed"};
    if (!unchanged) {
      auto added = add_reference(tx, (*bytes)->digests, file.size);
      if (!added) return added.error();
      if (auto noted = record_put(tx, actor, file.owner, *put); !noted) return noted;
    }
    referred = {file.folder, std::move(*put), **bytes};
    return {};
  });
  if (gone) return std::optional<Referred>{};
  if (!committed) return committed.error();
  return referred;
}

}  // namespace coffer
