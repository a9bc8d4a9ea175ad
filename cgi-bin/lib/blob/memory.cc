#include "blob/memory.h"

#include <algorithm>

#include "base/text.h"
#include "blob/verified.h"

namespace coffer {
namespace {

Error not_found(const Sha256& name) { return {Errc::not_found, "no blob '" + hex(name) + "'"}; }

}  // namespace

Result<> MemoryStore::put(const Sha256& name, Source& bytes, std::uint64_t size) {
  if (stat(name)) return {};
  VerifiedSource verified(bytes, name, size);
  auto blob = read_all(verified, size);
  if (!blob) return blob.error();

  std::lock_guard lock(mutex_);
  blobs_.try_emplace(name, std::move(*blob));
  return {};
}

Result<std::unique_ptr<Source>> MemoryStore::get(const Sha256& name, ByteRange range) {
  std::lock_guard lock(mutex_);
  auto blob = blobs_.find(name);
  if (blob == blobs_.end()) return not_found(name);
  auto offset = std::min<std::uint64_t>(range.offset, blob->second.size());
  return std::make_unique<StringSource>(blob->second.substr(offset, range.length));
}

Result<std::uint64_t> MemoryStore::stat(const Sha256& name) {
  std::lock_guard lock(mutex_);
  auto blob = blobs_.find(name);
  if (blob == blobs_.end()) return not_found(name);
  return blob->second.size();
}

Result<> MemoryStore::remove(const Sha256& name) {
  std::lock_guard lock(mutex_);
  blobs_.erase(name);
  return {};
}

Result<std::vector<Sha256>> MemoryStore::list(const std::optional<Sha256>& after,
                                              std::size_t limit) {
  std::lock_guard lock(mutex_);
  std::vector<Sha256> names;
  auto blob = after ? blobs_.upper_bound(*after) : blobs_.begin();
  for (; blob != blobs_.end() && names.size() < limit; ++blob) names.push_back(blob->first);
  return names;
}

}  // namespace coffer
