// Carrier: makes copies of blobs, one step after the other, each of which may be the last.
//
//   lease  ->  put  ->  verify by a request of its own  ->  commit the copy
//
// Whoever dies on the way leaves a lease that runs out and, in the store, bytes under a key that
// nobody ever uses again. Several carriers, in several processes, keep out of each other's way.

#pragma once

#include <atomic>
#include <condition_variable>
#include <list>
#include <mutex>
#include <semaphore>
#include <thread>

#include "coffer/stores.h"
#include "meta/transfer.h"

namespace coffer {

class Carrier {
 public:
  /// Once `stop` is set, what is under way is given up and nothing is begun.
  Carrier(App& app, Stores& stores, const std::atomic<bool>& stop);
  ~Carrier();

  /// Makes the copy that is wanted. False if somebody else is at it, or it is needed no longer. On
  /// an error the transfer pauses, the longer the more often it has failed.
  Result<bool> carry(const Wanted& wanted);

  /// How many bytes of what is under way have been read, for those who watch.
  std::uint64_t sent();

 private:
  struct Attempt {
    const Wanted& wanted;
    std::uint64_t serial;
    std::atomic<std::uint64_t> sent{0};
    std::atomic<bool> lost{false};        // the lease
    std::atomic<bool> broken_off{false};  // what it is made from
    bool other_source = false;            // that is damaged, and there is another
  };
  class Watched;

  Result<bool> make_copy(const Wanted& wanted, bool& other_source);
  Result<std::string> put_in_turn(Attempt& attempt, BlobStore& store);
  Result<std::string> put(Attempt& attempt, BlobStore& store);
  void look_at_sources(Attempt& attempt, const std::vector<Copy>& copies);
  Result<> fail(const Attempt& attempt, const Error& error);
  void renew_leases();

  App& app_;
  Stores& stores_;
  const std::atomic<bool>& stop_;
  std::counting_semaphore<> turns_;  // as many as [tier]'s transfers
  std::mutex mutex_;
  std::condition_variable ended_;
  std::list<Attempt*> attempts_;
  bool done_ = false;
  std::thread renewer_;
};

}  // namespace coffer
