#include "coffer/ingest.h"

#include <chrono>
#include <set>
#include <thread>

#include "base/text.h"
#include "meta/blob.h"
#include "meta/bulk.h"
#include "meta/copy.h"
#include "meta/user.h"
#include "sql/savepoint.h"

namespace coffer {
namespace {

// Fewer bytes than these are received in no time: what is left of the quota is looked at
// beforehand, and the transaction that counts them decides. A reservation is a commit more.
constexpr std::uint64_t kWorthReserving = 1024 * 1024;

// A blob that is being removed at this very moment is gone soon.
constexpr int kDoomedTries = 40;
constexpr auto kDoomedPause = std::chrono::milliseconds(50);

Error over_quota(std::uint64_t bytes, std::uint64_t left) {
  return {Errc::too_large,
          "that is {}, and of your quota {} are left",
          {human_size(bytes), human_size(left)}};
}

}  // namespace

Result<> record_put(Transaction& tx, const Actor& actor, UserId owner, const Put& put) {
  auto action = put.outcome == Put::Outcome::created ? "upload" : "replace";
  return record(tx, actor, {.owner = owner, .action = action, .entry = put.id, .name = put.name});
}

Ingest::~Ingest() {
  if (upload_) app_.reservations.give_back(*upload_);
}

std::uint64_t Ingest::quota_left() const {
  return user_.quota - std::min(user_.used + user_.reserved, user_.quota);
}

Result<std::uint64_t> Ingest::room() const {
  auto free = app_.staging.room();
  if (!free) return free.error();
  return std::min(quota_left(), *free);
}

Result<> Ingest::fits(std::uint64_t bytes) {
  app_.reservations.settle();
  if (bytes > app_.config.upload)
    return Error{Errc::too_large, "a file may have {} here", {human_size(app_.config.upload)}};
  auto left = quota_left();
  return bytes > left ? over_quota(bytes, left) : Result<>{};
}

Result<> Ingest::admit(std::uint64_t bytes) {
  app_.reservations.settle();
  auto left = quota_left();
  if (bytes > left) return over_quota(bytes, left);
  if (bytes < kWorthReserving) return {};
  auto staging = app_.staging.name();
  if (!staging) return staging.error();
  return transact(app_.database, [&](Transaction& tx) -> Result<> {
    auto id = reserve(tx, user_.id, bytes, *staging);
    if (!id) return id.error();
    // Noted before the commit, which may have been done even though its answer is lost.
    upload_ = Upload{.id = *id, .owner = user_.id, .size = bytes, .staging = *staging};
    return {};
  });
}

Result<Staged> Ingest::receive(Source& bytes, std::uint64_t most) {
  return app_.staging.receive(bytes, std::min(most, app_.config.upload));
}

Result<Staged> Ingest::receive_unsynced(Source& bytes, std::uint64_t most) {
  if (!point_) {
    auto point = app_.staging.sync_point();
    if (!point) return point.error();
    point_ = std::move(*point);
  }
  return app_.staging.receive_unsynced(bytes, std::min(most, app_.config.upload));
}

// Since the link was made a sweeper may have taken the blob for one that nobody needs, and a mover
// may have let it go. Under the row's lock they cannot, so what is there now stays.
Result<> Ingest::keep_bytes(const Staged& staged) {
  const Sha256& name = staged.digests.sha256;
  if (app_.local->stat(name)) return {};
  return app_.local->adopt(name, staged.path(), staged.size);
}

Result<> Ingest::keep_here(Transaction& tx, const Staged& staged) {
  if (auto kept = keep_bytes(staged); !kept) return kept;
  return add_copy(tx, staged.digests.sha256);
}

Result<Put> Ingest::commit_one(Transaction& tx, const Arrival& arrival, std::uint64_t& reserved) {
  const Staged& staged = arrival.staged;
  NewFile file = arrival.file;
  file.sha256 = staged.digests.sha256;
  file.size = staged.size;
  auto put = put_file(tx, file);
  if (!put) return put;
  if (put->outcome == Put::Outcome::unchanged) {
    // The file is what it was, but where its bytes were may be a store that has lost them since.
    auto blob = lock_blob(tx, file.sha256);
    if (!blob) return blob.error();
    if (auto kept = keep_here(tx, staged); !kept) return kept.error();
    return put;
  }
  // The user before the blob, as everywhere (lock_user).
  auto part = std::min(reserved, staged.size);
  if (auto charged = charge(tx, user_.id, staged.size, part); !charged) return charged.error();
  reserved -= part;
  auto added = add_reference(tx, staged.digests, staged.size);
  if (!added) return added.error();
  doomed_ = !*added;
  if (doomed_) return Error{Errc::unavailable, "a blob of these bytes is being removed"};
  if (auto kept = keep_here(tx, staged); !kept) return kept.error();
  if (auto noted = record_put(tx, actor_, user_.id, *put); !noted) return noted.error();
  return put;
}

// Ends every reservation, of which `bytes` were not used.
Result<> Ingest::give_back(Transaction& tx, std::uint64_t bytes) const {
  auto all = used_;
  if (upload_) all.push_back(*upload_);
  for (Upload& rest : all) {
    rest.size = std::min(rest.size, bytes);
    bytes -= rest.size;
    if (auto released = release(tx, rest); !released) return released;
  }
  return {};
}

Result<> Ingest::commit_all(const std::vector<Arrival>& arrivals, std::vector<Put>& puts,
                            const Also& also) {
  return app_.batch.run([&](Transaction& tx) -> Result<> {
    std::vector<std::optional<Result<Put>>> made(arrivals.size());
    auto reserved = upload_ ? upload_->size : 0;
    for (const Upload& used : used_) reserved += used.size;
    if (arrivals.size() > 1)
      if (auto fine = commit_new(tx, arrivals, reserved, made); !fine) return fine;
    puts.clear();
    for (std::size_t i = 0; i < arrivals.size(); i++) {
      if (!made[i]) made[i] = commit_one(tx, arrivals[i], reserved);
      if (!*made[i]) return made[i]->error();
      puts.push_back(std::move(**made[i]));
    }
    if (auto released = give_back(tx, reserved); !released) return released;
    return also ? also(tx, puts) : Result<>{};
  });
}

// What nobody has synced is synced all at once, before any of it gets its name.
Result<> Ingest::sync(const std::vector<Arrival>& arrivals) {
  std::set<std::filesystem::path> files;
  for (const Arrival& arrival : arrivals)
    if (!arrival.staged.synced) files.insert(arrival.staged.path());
  if (files.empty()) return {};
  return point_->sync(files);
}

// The names of blobs, durable when this returns.
Result<> Ingest::link(const std::vector<Arrival>& arrivals) {
  std::set<std::filesystem::path> folders;
  for (const auto& [file, staged] : arrivals) {
    auto folder = app_.local->link(staged.digests.sha256, staged.path(), staged.size);
    if (!folder) return folder.error();
    folders.insert(*folder);
  }
  if (point_ && !arrivals.empty()) return point_->sync(folders);
  for (const auto& folder : folders)
    if (auto synced = sync_directory(folder); !synced) return synced;
  return {};
}

Result<> Ingest::commit_linked(const std::vector<Arrival>& arrivals,
                               const std::function<Result<>()>& commit) {
  if (auto synced = sync(arrivals); !synced) return synced;
  for (int attempt = 1;; attempt++) {
    if (auto linked = link(arrivals); !linked) return linked;
    auto committed = commit();
    if (committed) return committed;
    if (!std::exchange(doomed_, false) || attempt == kDoomedTries) return committed;
    std::this_thread::sleep_for(kDoomedPause);
  }
}

Result<std::vector<Put>> Ingest::commit(const std::vector<Arrival>& arrivals, const Also& also) {
  std::vector<Put> puts;
  auto committed = commit_linked(arrivals, [&] { return commit_all(arrivals, puts, also); });
  if (!committed) return committed.error();
  upload_.reset();
  return puts;
}

// As commit_one() for each whose name is new, in a few statements. `puts` has these in it.
Result<> Ingest::commit_new(Transaction& tx, const std::vector<Arrival>& arrivals,
                            std::uint64_t& reserved,
                            std::vector<std::optional<Result<Put>>>& puts) {
  std::vector<NewFile> files;
  for (const auto& [file, staged] : arrivals) {
    files.push_back(file);
    files.back().sha256 = staged.digests.sha256;
    files.back().size = staged.size;
  }
  auto ids = put_new_files(tx, user_.id, files);
  if (!ids) return ids.error();
  std::vector<Blob> blobs;
  std::vector<Deed> deeds;
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < files.size(); i++) {
    if (!is_row((*ids)[i])) continue;
    blobs.push_back({.digests = arrivals[i].staged.digests, .size = files[i].size});
    deeds.push_back(
        {.owner = user_.id, .action = "upload", .entry = (*ids)[i], .name = files[i].name});
    bytes += files[i].size;
  }
  if (blobs.empty()) return {};
  // The user before the blobs, as everywhere (lock_user).
  auto part = std::min(reserved, bytes);
  if (auto charged = charge(tx, user_.id, bytes, part); !charged) return charged;
  auto added = add_references(tx, blobs);
  if (!added) return added.error();
  doomed_ = !*added;
  if (doomed_) return Error{Errc::unavailable, "a blob of these bytes is being removed"};
  for (std::size_t i = 0; i < files.size(); i++)
    if (is_row((*ids)[i]))
      if (auto kept = keep_bytes(arrivals[i].staged); !kept) return kept;
  if (auto copied = add_copies(tx, blobs); !copied) return copied;
  if (auto noted = record_all(tx, actor_, user_.id, deeds); !noted) return noted;
  reserved -= part;
  for (std::size_t i = 0; i < files.size(); i++)
    if (is_row((*ids)[i]))
      puts[i] = Put{.outcome = Put::Outcome::created, .id = (*ids)[i], .name = files[i].name};
  return {};
}

Result<std::vector<Result<Put>>> Ingest::commit_each(const std::vector<Arrival>& arrivals) {
  std::vector<std::optional<Result<Put>>> puts;
  std::uint64_t reserved = 0;
  // First those whose names are new, all together. Where that fails, for the quota say, and for the
  // others it is decided one by one.
  auto work = [&](Transaction& tx) -> Result<> {
    puts.assign(arrivals.size(), {});
    reserved = upload_ ? upload_->size : 0;
    auto together = attempt(tx, [&] { return commit_new(tx, arrivals, reserved, puts); });
    if (!together && together.error().code >= Errc::internal) return together;
    for (std::size_t i = 0; i < arrivals.size(); i++) {
      if (puts[i]) continue;
      auto before = reserved;
      puts[i] = attempt(tx, [&] { return commit_one(tx, arrivals[i], reserved); });
      if (*puts[i]) continue;
      if (puts[i]->error().code >= Errc::internal) return puts[i]->error();
      reserved = before;
    }
    if (!upload_ || reserved == upload_->size) return {};
    return spend(tx, upload_->id, upload_->size - reserved);
  };
  auto committed = commit_linked(arrivals, [&] { return app_.batch.run(work); });
  if (!committed) return committed.error();
  if (upload_) upload_->size = reserved;
  std::vector<Result<Put>> out;
  for (auto& put : puts) out.push_back(std::move(*put));
  return out;
}

}  // namespace coffer
