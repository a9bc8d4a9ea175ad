// RadosStore: blobs as objects in a pool of a Ceph cluster, without a gateway in between.
//
// RADOS takes no large objects and lists none in order, so a blob is
//   - its pieces, <prefix><key>.<token>.0, .1 ... of 64 MiB, the last one shorter. The token is
//   that
//     of the put() that wrote them: no two of them ever write to the same object;
//   - its entry in one of 256 indices, <prefix>index.00 ... ff by the blob's first byte, as a key
//   and
//     value of the object's omap. blob/rados_index.h has how one becomes whole at a single stroke.
//
// Whatever a crash leaves behind is in an index: unfinished() finds it, and remove() takes it away.

#pragma once

#include <chrono>

#include "blob/store.h"

namespace coffer {

class RadosIndex;
class RadosPool;
struct RadosPieces;

struct RadosOptions {
  std::filesystem::path conf{};  // as in /etc/ceph/ceph.conf, with the keyring's place
  std::string user = "coffer";
  std::string pool{};
  std::string prefix{};              // of the names of all objects, so that stores may share a pool
  std::chrono::seconds timeout{30};  // of each request
  std::uint64_t piece_size = 64u << 20;
};

class RadosStore : public BlobStore {
 public:
  /// Loads librados. Connects at the first use, and again at the next if that failed: the program
  /// that has it starts while Ceph is down.
  static Result<std::unique_ptr<RadosStore>> open(RadosOptions options);
  ~RadosStore() override;

  Result<std::string> put(const Key& key, const Opener& bytes, std::uint64_t size) override;
  Result<std::unique_ptr<Source>> get(const Key& key, ByteRange range) override;
  Result<Stat> stat(const Key& key) override;
  Result<> remove(const Key& key) override;
  Result<std::vector<Key>> list(const std::optional<Key>& after, std::size_t limit) override;
  Result<std::vector<Key>> unfinished() override;

 private:
  explicit RadosStore(std::shared_ptr<RadosPool> pool, std::uint64_t piece_size);

  Result<> discard(const Key& key, const RadosPieces& pieces);

  std::shared_ptr<RadosPool> pool_;
  std::unique_ptr<RadosIndex> index_;
  std::uint64_t piece_size_;
};

}  // namespace coffer
