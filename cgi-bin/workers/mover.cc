// mover - make the copies that [tier] wants, and let go of local bytes that may go
//
//   mover                 once over everything, by cron
//   mover --minutes 50    the same, but nothing new is begun after that time
//   mover --stay          over and over, until SIGTERM
//
// Exit 0 if everything is where it should be, 1 if something could not be copied. Any number of
// movers may run at a time, on any number of machines (coffer/carry.h). One that is told to stop,
// or dies, leaves what it was at to the next one. On a terminal it shows how far it is.
//
// A store that does not answer is left alone until the next round; a blob that failed pauses for
// longer and longer, an hour at most (`coffer mover status` says what and why).

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <iostream>

#include "base/crew.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/stop.h"
#include "base/text.h"
#include "coffer/carry.h"
#include "coffer/evict.h"
#include "digest/token.h"

namespace {

using namespace coffer;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kAtATime = 500;
constexpr unsigned kSilences = 3;         // one after the other, and a store is left alone
constexpr unsigned kCrewPerTransfer = 3;  // the others claim and settle, together
constexpr auto kPatience = 1h;            // of a store's own timeout, which is shorter

class Mover {
 public:
  Mover(App& app, const std::atomic<bool>& stop)
      : app_(app), stop_(stop), stores_(app, kPatience), carrier_(app, stores_, stop) {}

  /// Once over everything; nothing is begun after `end`.
  Result<> go_round(Clock::time_point end);

  /// Whether nothing failed in the round, nor is still failing from one before.
  Result<bool> all_well();

 private:
  // What is still to be done.
  struct Rest {
    std::uint64_t bytes = 0;
    std::uint64_t failing = 0;
  };

  Result<> recall_all(Crew& crew);
  Result<> copy_all(Crew& crew, const std::string& store);
  Result<Rest> rest();
  void carry(const Wanted& wanted);
  bool over() const { return stop_ || Clock::now() >= end_; }
  bool silent(const std::string& store);

  App& app_;
  const std::atomic<bool>& stop_;
  Stores stores_;
  Carrier carrier_;
  Clock::time_point end_{};
  bool quiet_ = false;  // the terminal has a line of its own
  std::mutex mutex_;
  std::map<std::string, unsigned> silences_;
  std::atomic<std::uint64_t> copied_ = 0, bytes_ = 0, failed_ = 0;
};

bool Mover::silent(const std::string& store) {
  std::scoped_lock lock(mutex_);
  return silences_[store] >= kSilences;
}

// What was handed out before the last silence is not begun either.
void Mover::carry(const Wanted& wanted) {
  if (over() || silent(wanted.store)) return;
  auto began = Clock::now();
  auto done = carrier_.carry(wanted);
  {
    std::scoped_lock lock(mutex_);
    bool silence = !done && done.error().code == Errc::unavailable;
    silences_[wanted.store] = silence ? silences_[wanted.store] + 1 : 0;
  }
  if (done && !*done) return;
  failed_ += !done;
  copied_ += bool(done);
  bytes_ += done ? wanted.blob.size : 0;
  if (done && quiet_) return;
  auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began).count();
  Log log("mover");
  log.add("event", done ? "copied" : "failed")
      .add("sha256", hex(wanted.blob.digests.sha256))
      .add("store", wanted.store)
      .add("bytes", wanted.blob.size)
      .add("ms", ms);
  if (!done) log.add("error", done.error().message);
  log.write();
}

Result<> Mover::recall_all(Crew& crew) {
  auto db = app_.database.borrow();
  if (!db) return db.error();
  auto wanted = recalls(**db, kAtATime);
  if (!wanted) return wanted.error();
  db->reset();
  for (const Wanted& one : *wanted)
    if (!over()) crew.add([this, one] { carry(one); });
  return {};
}

// One first byte after the other, so that no statement reads the whole table, and from anywhere on,
// so that several movers are not at the same blobs.
Result<> Mover::copy_all(Crew& crew, const std::string& store) {
  std::uint8_t start;
  fill_random({&start, 1});
  for (unsigned i = 0; i < 256; i++) {
    Sha256 after{}, last;
    last.fill(0xff);
    after[0] = last[0] = static_cast<std::uint8_t>(start + i);
    for (bool more = true; more;) {
      if (over() || silent(store)) return {};
      auto db = app_.database.borrow();
      if (!db) return db.error();
      auto wanted = wanted_copies(**db, store, app_.config.tier, after, last, kAtATime);
      if (!wanted) return wanted.error();
      db->reset();
      for (const Wanted& one : *wanted)
        if (!over() && !silent(store)) crew.add([this, one] { carry(one); });
      more = wanted->size() == kAtATime;
      if (more) after = wanted->back().blob.digests.sha256;
    }
  }
  return {};
}

Result<Mover::Rest> Mover::rest() {
  auto db = app_.database.borrow();
  if (!db) return db.error();
  Rest rest;
  for (const auto& store : app_.config.tier.stores) {
    auto state = transfer_state(**db, store, app_.config.tier);
    if (!state) return state.error();
    rest.bytes += state->waiting_bytes;
    rest.failing += state->failing;
  }
  return rest;
}

// What failed in an earlier round and pauses is not where it should be either.
Result<bool> Mover::all_well() {
  auto left = rest();
  if (!left) return left.error();
  return failed_ == 0 && left->failing == 0;
}

Result<> Mover::go_round(Clock::time_point end) {
  end_ = end;
  silences_.clear();
  copied_ = bytes_ = failed_ = 0;
  auto waiting = rest();
  if (!waiting) return waiting.error();
  {
    Progress progress(
        [&] { return Progress::State{.done = bytes_ + carrier_.sent(), .total = waiting->bytes}; });
    quiet_ = progress.shown();
    Crew crew(kCrewPerTransfer * app_.config.tier.transfers);
    if (auto recalled = recall_all(crew); !recalled) return recalled;
    for (const auto& store : app_.config.tier.stores)
      if (auto copied = copy_all(crew, store); !copied) return copied;
    crew.finish();
  }
  auto evicted = evict(app_, stores_, stop_);
  if (!evicted) return evicted.error();
  if (copied_ + failed_ + evicted->blobs > 0)
    Log("mover")
        .add("event", "round")
        .add("copied", copied_.load())
        .add("bytes", bytes_.load())
        .add("failed", failed_.load())
        .add("evicted", evicted->blobs)
        .write();
  return {};
}

// A round over a large cloud takes its time, and is not begun again at once.
void pause_after(Clock::duration round, const std::atomic<bool>& stop) {
  auto until = Clock::now() + std::clamp<Clock::duration>(20 * round, 2s, 60s);
  while (!stop && Clock::now() < until) std::this_thread::sleep_for(100ms);
}

Result<bool> move(bool stay, std::chrono::minutes limit) {
  std::atomic<bool> stop = false;
  StopSignals signals(stop);
  auto app = open_app();
  if (!app) return app.error();
  if ((*app)->config.stores.empty()) return true;
  Mover mover(**app, stop);
  for (;;) {
    auto began = Clock::now();
    auto gone = mover.go_round(stay ? Clock::time_point::max() : began + limit);
    if (!stay) return gone ? mover.all_well() : gone.error();
    if (!gone) Log("mover").add("event", "failed").add("error", gone.error().message).write();
    pause_after(Clock::now() - began, stop);
    if (stop) return true;
  }
}

}  // namespace

int main(int argc, char** argv) {
  bool stay = false;
  unsigned minutes = 24 * 60;
  CLI::App command{"Make the copies that [tier] wants, and let go of what may go", "mover"};
  command.add_flag("--stay", stay, "go on until SIGTERM");
  command.add_option("--minutes", minutes, "begin nothing new after that time");
  CLI11_PARSE(command, argc, argv);
  auto well = move(stay, std::chrono::minutes(minutes));
  if (!well) Log("mover").add("event", "refused").add("error", well.error().message).write();
  return well && *well ? 0 : 1;
}
