// scrubber - look at copies again, and mend those that have gone bad
//
//   scrubber                 every copy whose turn it is, by cron; [scrub] says how often
//   scrubber --all           every copy, whenever it was looked at
//   scrubber --read          reads every copy that it looks at, also where a store could say enough
//   scrubber --minutes 50    no longer than that; what was looked at the longest ago comes first
//
// Local copies are read and digested, others are asked about, or read, at the pace that [scrub]
// sets. A damaged copy is set aside and made anew from a good one, wherever that is
// (coffer/examine.h): the last bytes that there are of a file are never removed. One line in the
// log for each that was damaged, one for what became of it, and a summary.
//
//   exit 0  nothing is wrong    1  copies were damaged, and have been made anew
//        2  something is damaged and there is no good copy, or it could not be made anew yet
//        3  a store could not be asked
//
// One scrubber at a time: another one leaves.

#include <fcntl.h>
#include <sys/file.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <iostream>
#include <set>

#include "base/file.h"
#include "base/log.h"
#include "base/stop.h"
#include "base/text.h"
#include "coffer/carry.h"
#include "coffer/examine.h"

namespace {

using namespace coffer;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kAtATime = 100;
constexpr std::chrono::hours kPatience{1};  // of a store's own timeout, which is shorter
constexpr unsigned kSilences = 3;           // one after the other, and a store is left alone
constexpr std::uint64_t kCostOfAsking = 256 * 1024;  // bytes that a request counts for

struct Options {
  bool all = false;
  bool read = false;
  unsigned minutes = 24 * 60;
};

class Scrubber {
 public:
  Scrubber(App& app, const Options& options, const std::atomic<bool>& stop)
      : app_(app),
        options_(options),
        stop_(stop),
        stores_(app, kPatience),
        carrier_(app, stores_, stop),
        end_(began_ + std::chrono::minutes(options.minutes)) {}

  Result<> scrub(std::string_view store);

  /// The exit status, once all is done.
  int finish();

 private:
  bool over() const { return stop_ || Clock::now() >= end_; }
  Result<std::vector<BlobCopy>> due(std::string_view store, std::size_t limit);
  Result<> look_at(const BlobCopy& copy);
  Result<bool> make_anew(const BlobCopy& copy);
  Result<> mend(const BlobCopy& copy);
  void keep_pace(std::uint64_t bytes);

  App& app_;
  const Options& options_;
  const std::atomic<bool>& stop_;
  Stores stores_;
  Carrier carrier_;
  Clock::time_point began_ = Clock::now(), end_;
  std::uint64_t copies_ = 0, bytes_ = 0, paced_ = 0;
  std::uint64_t damaged_ = 0, healed_ = 0, unasked_ = 0;
};

// What has been looked at since the beginning has had its turn.
Result<std::vector<BlobCopy>> Scrubber::due(std::string_view store, std::size_t limit) {
  const Scrub& scrub = app_.config.scrub;
  auto since = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began_);
  auto age = static_cast<std::uint64_t>(since.count());
  if (!options_.all) age = std::max(age, store == kLocal ? scrub.local_ms : scrub.remote_ms);
  auto db = app_.database.borrow();
  if (!db) return db.error();
  return due_copies(**db, store, age, scrub.remote_read_ms, limit);
}

// Bytes per second since the beginning, and no faster.
void Scrubber::keep_pace(std::uint64_t bytes) {
  paced_ += bytes;
  auto due = began_ + std::chrono::milliseconds(paced_ * 1000 / app_.config.scrub.rate);
  while (!over() && Clock::now() < due)
    std::this_thread::sleep_for(
        std::min<Clock::duration>(due - Clock::now(), std::chrono::milliseconds(100)));
}

// A mover may be at it already, and is waited for; a pause after a failure is not.
Result<bool> Scrubber::make_anew(const BlobCopy& copy) {
  {
    auto db = app_.database.borrow();
    if (!db) return db.error();
    auto ended = end_pause(**db, copy.blob.digests.sha256, copy.copy.store);
    if (!ended) return ended.error();
  }
  for (int i = 0; i < 100 && !stop_; i++) {
    auto made = carrier_.carry({copy.blob, copy.copy.store});
    if (!made || *made) return made;
    auto db = app_.database.borrow();
    if (!db) return db.error();
    auto copies = find_copies(**db, copy.blob.digests.sha256);
    if (!copies) return copies.error();
    if (std::ranges::any_of(
            *copies, [&](const Copy& now) { return now.store == copy.copy.store && now.good(); }))
      return true;
    db->reset();
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  return false;
}

Result<> Scrubber::mend(const BlobCopy& copy) {
  auto healed = make_anew(copy);
  Log log("scrubber");
  log.add("event", healed && *healed ? "healed" : "unhealed")
      .add("sha256", hex(copy.blob.digests.sha256))
      .add("store", copy.copy.store);
  if (!healed) log.add("error", healed.error().message);
  log.write();
  healed_ += healed && *healed;
  auto db = app_.database.borrow();
  if (!db) return db.error();
  return mark_unhealed(**db, copy.blob.digests.sha256, copy.copy.store);
}

Result<> Scrubber::look_at(const BlobCopy& copy) {
  bool read = options_.read || copy.unread || copy.copy.store == kLocal;
  auto finding = examine(app_, stores_, copy, read ? Depth::read : Depth::stat);
  if (!finding) return finding.error();
  copies_++;
  auto bytes = finding->depth == Depth::read ? copy.blob.size : 0;
  bytes_ += bytes;
  if (finding->damaged) {
    damaged_++;
    if (auto mended = mend(copy); !mended) return mended;
  }
  keep_pace(std::max(bytes, kCostOfAsking));
  return {};
}

// A copy that cannot be asked about keeps no other from its turn.
Result<> Scrubber::scrub(std::string_view store) {
  std::set<Sha256> unasked;
  for (unsigned silences = 0; !over();) {
    auto copies = due(store, kAtATime + unasked.size());
    if (!copies) return copies.error();
    std::erase_if(*copies,
                  [&](const BlobCopy& copy) { return unasked.contains(copy.blob.digests.sha256); });
    if (copies->empty()) return {};
    for (const BlobCopy& copy : *copies) {
      if (over()) return {};
      auto looked = look_at(copy);
      silences = looked ? 0 : silences + 1;
      if (looked) continue;
      unasked.insert(copy.blob.digests.sha256);
      unasked_++;
      Log("scrubber")
          .add("event", "unasked")
          .add("sha256", hex(copy.blob.digests.sha256))
          .add("store", store)
          .add("error", looked.error().message)
          .write();
      if (silences == kSilences) return {};
    }
  }
  return {};
}

int Scrubber::finish() {
  Log("scrubber")
      .add("event", "done")
      .add("copies", copies_)
      .add("bytes", bytes_)
      .add("damaged", damaged_)
      .add("healed", healed_)
      .add("unasked", unasked_)
      .write();
  return damaged_ > healed_ ? 2 : unasked_ > 0 ? 3 : damaged_ > 0 ? 1 : 0;
}

Result<int> scrub(const Options& options) {
  std::atomic<bool> stop = false;
  StopSignals signals(stop);
  auto app = open_app();
  if (!app) return app.error();
  auto lock = open_file((*app)->config.store / "scrubber.lock", O_RDWR | O_CREAT);
  if (!lock) return lock.error();
  if (::flock(lock->get(), LOCK_EX | LOCK_NB) != 0) {
    Log("scrubber").add("event", "busy").write();
    return 0;
  }
  Scrubber scrubber(**app, options, stop);
  if (auto done = scrubber.scrub(kLocal); !done) return done.error();
  for (const auto& [name, store] : (*app)->config.stores)
    if (auto done = scrubber.scrub(name); !done) return done.error();
  return scrubber.finish();
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App command{"Look at copies again, and mend those that have gone bad", "scrubber"};
  command.add_flag("--all", options.all, "every copy, whenever it was looked at");
  command.add_flag("--read", options.read, "read every copy that is looked at");
  command.add_option("--minutes", options.minutes, "no longer than that");
  CLI11_PARSE(command, argc, argv);
  auto status = scrub(options);
  if (!status) Log("scrubber").add("event", "refused").add("error", status.error().message).write();
  return status ? *status : 3;
}
