#include "coffer/carry.h"

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "blob/check.h"
#include "coffer/examine.h"
#include "digest/token.h"

namespace coffer {
namespace {

constexpr std::uint64_t kLeaseMs = 60'000;
constexpr std::uint64_t kFirstPauseMs = 10'000, kLongestPauseMs = 3'600'000;

std::uint64_t random_number() {
  std::uint8_t bytes[8];
  fill_random(bytes);
  std::uint64_t number = 0;
  for (auto byte : bytes) number = number << 8 | byte;
  return number;
}

// Between half of the pause and all of it, so that those who failed together do not come together.
std::uint64_t pause_after(unsigned tries) {
  auto pause = std::min(kFirstPauseMs << std::min(tries, 10u), kLongestPauseMs);
  return pause / 2 + random_number() % (pause / 2);
}

}  // namespace

// Bytes that count, and that end when it is time to stop.
class Carrier::Watched : public Source {
 public:
  Watched(std::unique_ptr<Source> bytes, std::uint64_t offset, Attempt& attempt,
          const std::atomic<bool>& stop)
      : bytes_(std::move(bytes)), offset_(offset), attempt_(attempt), stop_(stop) {}

  Result<std::size_t> read(std::span<char> buffer) override {
    if (stop_) return Error{Errc::unavailable, "stopped"};
    if (attempt_.lost) return Error{Errc::unavailable, "the lease is lost"};
    auto n = bytes_->read(buffer);
    if (!n) attempt_.broken_off = true;
    if (!n) return n;
    // What is sent again does not count again.
    offset_ += *n;
    auto sent = attempt_.sent.load();
    while (sent < offset_ && !attempt_.sent.compare_exchange_weak(sent, offset_)) {
    }
    return n;
  }

 private:
  std::unique_ptr<Source> bytes_;
  std::uint64_t offset_;
  Attempt& attempt_;
  const std::atomic<bool>& stop_;
};

Carrier::Carrier(App& app, Stores& stores, const std::atomic<bool>& stop)
    : app_(app), stores_(stores), stop_(stop), turns_(app.config.tier.transfers), renewer_([this] {
        renew_leases();
      }) {}

Carrier::~Carrier() {
  {
    std::scoped_lock lock(mutex_);
    done_ = true;
  }
  ended_.notify_all();
  renewer_.join();
}

std::uint64_t Carrier::sent() {
  std::scoped_lock lock(mutex_);
  std::uint64_t sum = 0;
  for (const Attempt* attempt : attempts_) sum += attempt->sent;
  return sum;
}

// A database that does not answer takes no lease away: whoever wants it must ask there, too.
void Carrier::renew_leases() {
  std::unique_lock lock(mutex_);
  while (!ended_.wait_for(lock, std::chrono::milliseconds(kLeaseMs / 6), [&] { return done_; })) {
    if (attempts_.empty()) continue;
    auto db = app_.database.borrow();
    for (Attempt* attempt : attempts_) {
      if (!db) break;
      auto ours = renew(**db, attempt->wanted.blob.digests.sha256, attempt->wanted.store,
                        attempt->serial, kLeaseMs, attempt->sent);
      if (ours && !*ours) attempt->lost = true;
    }
  }
}

Result<std::string> Carrier::put(Attempt& attempt, BlobStore& store) {
  const Blob& blob = attempt.wanted.blob;
  const Sha256& name = blob.digests.sha256;
  bool local = attempt.wanted.store == kLocal;
  std::vector<Copy> copies;
  {
    auto db = app_.database.borrow();
    if (!db) return db.error();
    auto found = find_copies(**db, name);
    if (!found) return found.error();
    copies = std::move(*found);
  }
  std::erase_if(
      copies, [&](const Copy& copy) { return copy.damaged || copy.store == attempt.wanted.store; });
  auto open = [&](ByteRange range) -> Result<std::unique_ptr<Source>> {
    Error error{Errc::data_loss, "no good copy of '" + hex(name) + "' is left"};
    for (const Copy& copy : copies) {
      auto bytes = stores_.open(name, copy, range);
      if (bytes) return std::make_unique<Watched>(std::move(*bytes), range.offset, attempt, stop_);
      attempt.broken_off = true;
      error = {Errc::unavailable, copy.store + ": " + bytes.error().message};
    }
    return error;
  };
  Key key{name, local ? 0 : attempt.serial};
  auto etag = store.put(key, open, blob.size);
  if (etag) {
    Expected expected{.digests = blob.digests, .size = blob.size, .etag = *etag};
    auto checked = check_copy(store, key, expected, local ? Depth::read : Depth::stat);
    if (!checked) return checked.error();
  }
  // Either end may be to blame; what the bytes came from is looked at, so that it is not tried
  // again.
  if (!etag && (etag.error().code == Errc::data_loss || attempt.broken_off))
    look_at_sources(attempt, copies);
  return etag;
}

// Those who wait for the database, before or after, keep nobody from sending.
Result<std::string> Carrier::put_in_turn(Attempt& attempt, BlobStore& store) {
  turns_.acquire();
  auto etag = put(attempt, store);
  turns_.release();
  return etag;
}

// A store that cannot be asked says nothing about its copy.
void Carrier::look_at_sources(Attempt& attempt, const std::vector<Copy>& copies) {
  std::size_t damaged = 0;
  for (const Copy& copy : copies) {
    auto examined = examine(app_, stores_, {attempt.wanted.blob, copy}, Depth::read);
    damaged += examined && examined->damaged;
  }
  attempt.other_source = damaged > 0 && damaged < copies.size();
}

Result<> Carrier::fail(const Attempt& attempt, const Error& error) {
  const auto& [blob, store] = attempt.wanted;
  return transact(app_.database, [&](Transaction& tx) -> Result<> {
    auto tries = failed_tries(tx, blob.digests.sha256, store);
    if (!tries) return tries.error();
    return give_up(tx, blob.digests.sha256, store, attempt.serial, error.message,
                   stop_ || attempt.other_source ? 0 : pause_after(*tries));
  });
}

// Each round finds a copy damaged, so there is an end.
Result<bool> Carrier::carry(const Wanted& wanted) {
  for (;;) {
    bool other_source = false;
    auto done = make_copy(wanted, other_source);
    if (done || !other_source) return done;
  }
}

Result<bool> Carrier::make_copy(const Wanted& wanted, bool& other_source) {
  const Sha256& name = wanted.blob.digests.sha256;
  auto store = stores_.find(wanted.store);
  Attempt attempt{.wanted = wanted, .serial = std::max<std::uint64_t>(random_number(), 1)};
  bool ours = false;
  auto claimed = app_.batch.run([&](Transaction& tx) -> Result<> {
    auto taken = claim(tx, name, wanted.store, attempt.serial, kLeaseMs);
    if (!taken) return taken.error();
    ours = *taken;
    return {};
  });
  if (!claimed) return claimed.error();
  if (!ours) return false;

  std::list<Attempt*> node{&attempt};
  auto place = node.begin();
  {
    std::scoped_lock lock(mutex_);
    attempts_.splice(attempts_.end(), node);
  }
  auto etag = store ? put_in_turn(attempt, **store) : store.error();
  {
    std::scoped_lock lock(mutex_);
    node.splice(node.end(), attempts_, place);
  }
  if (!etag) {
    // If this fails as well, the lease runs out by itself.
    (void)fail(attempt, etag.error());
    other_source = attempt.other_source;
    return etag.error();
  }
  bool settled = false;
  auto committed = app_.batch.run([&](Transaction& tx) -> Result<> {
    // What was on its way out while it was wanted back may have gone since; under the blob's lock
    // it cannot.
    if (wanted.store == kLocal) {
      if (auto blob = lock_blob(tx, name); !blob) return blob.error();
      if (auto here = (*store)->stat(name); !here) return here.error();
    }
    auto copied = settle(tx, name, wanted.store, attempt.serial, *etag);
    if (!copied) return copied.error();
    settled = *copied;
    return {};
  });
  if (!committed) return committed.error();
  return settled;
}

}  // namespace coffer
