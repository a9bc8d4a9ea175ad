// RadosPool: the connection to a pool; RadosRequest: one request that is under way there.
//
//   auto io = pool.connect();
//   if (!io) return io.error();
//   RadosRequest write(pool.rados);
//   write.begin([&](auto completion) { return pool.rados.aio_write(*io, object, completion, ...);
//   }); int written = write.end();   // -ETIMEDOUT at the latest when the store's timeout is over
//   if (written < 0) return pool.error(written, "write to");

#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "blob/librados.h"
#include "blob/rados.h"

namespace coffer {

class RadosPool {
 public:
  RadosPool(const Librados& its_rados, RadosOptions options)
      : rados(its_rados), options_(std::move(options)) {}
  ~RadosPool();

  /// The pool, connected once and for all. Errc::unavailable if Ceph does not answer; who has
  /// come in the meantime shares that answer, so that nobody waits longer than one timeout.
  Result<rados_ioctx_t> connect();

  /// What a negative errno of librados means, where Coffer has tried to `doing` the pool.
  Error error(int code, std::string_view doing) const;

  const std::string& prefix() const { return options_.prefix; }

  const Librados& rados;

 private:
  Result<rados_ioctx_t> try_connect();

  RadosOptions options_;
  std::mutex mutex_;
  std::atomic<unsigned> attempts_ = 0;
  Result<rados_ioctx_t> io_ = nullptr;
  rados_t cluster_ = nullptr;
};

/// A request that is under way. Its end is awaited before it goes, so that what it reads into or
/// writes from, if declared before it, outlives it.
class RadosRequest {
 public:
  explicit RadosRequest(const Librados& rados) : rados_(rados) {}
  ~RadosRequest() { (void)end(); }
  RadosRequest(const RadosRequest&) = delete;
  RadosRequest& operator=(const RadosRequest&) = delete;

  /// `start` is given the completion for one of librados' rados_aio_ functions.
  template <class Start>
  void begin(const Start& start) {
    rados_.aio_create_completion2(nullptr, nullptr, &completion_);
    if (int refused = start(completion_); refused < 0) {
      rados_.aio_release(std::exchange(completion_, nullptr));
      result_ = refused;
    }
  }

  /// What came of it: a count of bytes that were read, or a negative errno; 0 if there was none.
  int end();

 private:
  const Librados& rados_;
  rados_completion_t completion_ = nullptr;
  int result_ = 0;
};

}  // namespace coffer
