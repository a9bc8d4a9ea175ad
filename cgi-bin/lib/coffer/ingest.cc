#include "coffer/ingest.h"

#include <chrono>
#include <thread>

#include "base/text.h"
#include "meta/blob.h"
#include "meta/copy.h"
#include "meta/user.h"

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

// Since the link was made a sweeper may have taken the blob for one that nobody needs, and a mover
// may have let it go. Under the row's lock they cannot, so what is there now stays.
Result<> Ingest::keep_here(Transaction& tx, const Staged& staged) {
  const Sha256& name = staged.digests.sha256;
  if (!app_.local->stat(name))
    if (auto again = app_.local->adopt(name, staged.path(), staged.size); !again) return again;
  return add_copy(tx, name);
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

Result<> Ingest::commit_all(const std::vector<Arrival>& arrivals, std::vector<Put>& puts) {
  return app_.batch.run([&](Transaction& tx) -> Result<> {
    puts.clear();
    auto reserved = upload_ ? upload_->size : 0;
    for (const Arrival& arrival : arrivals) {
      auto put = commit_one(tx, arrival, reserved);
      if (!put) return put.error();
      puts.push_back(std::move(*put));
    }
    if (!upload_) return {};
    // What was reserved and not used goes back with the row.
    Upload rest = *upload_;
    rest.size = reserved;
    return release(tx, rest);
  });
}

Result<std::vector<Put>> Ingest::commit(const std::vector<Arrival>& arrivals) {
  std::vector<Put> puts;
  for (int attempt = 1;; attempt++) {
    for (const Arrival& arrival : arrivals) {
      const Staged& staged = arrival.staged;
      auto linked = app_.local->adopt(staged.digests.sha256, staged.path(), staged.size);
      if (!linked) return linked.error();
    }
    auto committed = commit_all(arrivals, puts);
    if (committed) break;
    if (!std::exchange(doomed_, false) || attempt == kDoomedTries) return committed.error();
    std::this_thread::sleep_for(kDoomedPause);
  }
  upload_.reset();
  return puts;
}

}  // namespace coffer
