// MemoryStore: a store for tests, which keeps the promises of the real ones.

#pragma once

#include <map>
#include <mutex>
#include <string>

#include "blob/store.h"

namespace coffer {

class MemoryStore : public BlobStore {
 public:
  Result<> put(const Sha256& name, Source& bytes, std::uint64_t size) override;
  Result<std::unique_ptr<Source>> get(const Sha256& name, ByteRange range) override;
  Result<std::uint64_t> stat(const Sha256& name) override;
  Result<> remove(const Sha256& name) override;
  Result<std::vector<Sha256>> list(const std::optional<Sha256>& after, std::size_t limit) override;

 private:
  std::mutex mutex_;
  std::map<Sha256, std::string> blobs_;
};

}  // namespace coffer
