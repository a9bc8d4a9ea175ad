// Ingest: how bytes become files. Every way in comes through here.
//
//   Ingest ingest(app, user, actor);
//   ingest.admit(length);                        // limit, quota and disk, before the body
//   auto staged = ingest.receive(body, length);  // bytes on disk, digested, synced
//   auto put = ingest.commit(arrivals);
//
// The order is what makes a 2xx durable: file synced, linked to its name, folder synced, and
// only then the one transaction that shows it to anybody.

#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "coffer/app.h"
#include "meta/event.h"
#include "meta/tree.h"
#include "meta/types.h"
#include "meta/upload.h"

namespace coffer {

/// A file that has come in, and where it is to go.
struct Arrival {
  NewFile file;  // its sha256 and size are taken from `staged`
  Staged staged;
};

/// Notes what put_file() did to one of the owner's files, for the owner to see.
Result<> record_put(Transaction& tx, const Actor& actor, UserId owner, const Put& put);

class Ingest {
 public:
  Ingest(App& app, const User& user, const Actor& actor) : app_(app), user_(user), actor_(actor) {}
  ~Ingest();

  /// How many bytes the user may still send: what the quota and the disk have left.
  Result<std::uint64_t> room() const;

  /// Errc::too_large if a file of so many bytes is over the operator's limit, or more than the
  /// user has left.
  Result<> fits(std::uint64_t bytes);

  /// Errc::too_large if `bytes` are more than the user has left. From a megabyte on they are
  /// reserved until commit(), so that parallel uploads cannot go over.
  Result<> admit(std::uint64_t bytes);

  /// See Staging::receive(). Errc::too_large also for a file over the operator's limit.
  Result<Staged> receive(Source& bytes, std::uint64_t most);

  /// The same for one of many: it is made durable together with the others, by the commit.
  Result<Staged> receive_unsynced(Source& bytes, std::uint64_t most);

  /// What else the transaction does that makes files of arrivals; it may be tried several times.
  using Also = std::function<Result<>(Transaction&, const std::vector<Put>&)>;

  /// Makes all of `arrivals` files, or none of them. When it returns they are durable.
  Result<std::vector<Put>> commit(const std::vector<Arrival>& arrivals, const Also& also = {});

  /// Lets commit() take the bytes from a reservation that was made before, and end it. If it fails
  /// that stays as it was.
  void use(Upload reservation) { used_.push_back(std::move(reservation)); }

  /// Makes files of those of `arrivals` of which that can be done, and says of each what has become
  /// of it: one that is refused fails no other. An error means that there is none of them. May be
  /// called again for others: what admit() has reserved is for all of them.
  Result<std::vector<Result<Put>>> commit_each(const std::vector<Arrival>& arrivals);

 private:
  Result<> sync(const std::vector<Arrival>& arrivals);
  Result<> link(const std::vector<Arrival>& arrivals);
  Result<> commit_linked(const std::vector<Arrival>& arrivals,
                         const std::function<Result<>()>& commit);
  Result<> commit_new(Transaction& tx, const std::vector<Arrival>& arrivals,
                      std::uint64_t& reserved, std::vector<std::optional<Result<Put>>>& puts);
  Result<> keep_bytes(const Staged& staged);
  Result<> keep_here(Transaction& tx, const Staged& staged);
  Result<Put> commit_one(Transaction& tx, const Arrival& arrival, std::uint64_t& reserved);
  Result<> commit_all(const std::vector<Arrival>& arrivals, std::vector<Put>& puts,
                      const Also& also);
  Result<> give_back(Transaction& tx, std::uint64_t bytes) const;

  std::uint64_t quota_left() const;

  App& app_;
  const User& user_;
  const Actor& actor_;
  std::vector<Upload> used_;        // what others have
  std::optional<Upload> upload_;    // what admit() has reserved
  std::optional<SyncPoint> point_;  // older than the first file that is not synced
  bool doomed_ = false;             // the last commit met a blob that a sweeper is removing
};

}  // namespace coffer
