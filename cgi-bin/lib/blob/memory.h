// MemoryStore: a store for tests, which keeps the promises of the real ones.

#pragma once

#include <map>
#include <mutex>
#include <string>

#include "blob/store.h"

namespace coffer {

class MemoryStore : public BlobStore {
 public:
  Result<std::string> put(const Key& key, const Opener& bytes, std::uint64_t size) override;
  Result<std::unique_ptr<Source>> get(const Key& key, ByteRange range) override;
  Result<Stat> stat(const Key& key) override;
  Result<> remove(const Key& key) override;
  Result<std::vector<Key>> list(const std::optional<Key>& after, std::size_t limit) override;

 private:
  std::mutex mutex_;
  std::map<Key, std::string> blobs_;
};

}  // namespace coffer
