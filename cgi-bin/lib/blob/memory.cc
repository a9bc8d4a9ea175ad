#include "blob/memory.h"

#include <algorithm>

#include "blob/verified.h"

namespace coffer {
namespace {

Error not_found(const Key& key) { return {Errc::not_found, "no blob '" + key_text(key) + "'"}; }

}  // namespace

Result<std::string> MemoryStore::put(const Key& key, const Opener& bytes, std::uint64_t size) {
  if (stat(key)) return std::string();
  auto source = bytes({});
  if (!source) return source.error();
  VerifiedSource verified(**source, key.blob, size);
  auto blob = read_all(verified, size);
  if (!blob) return blob.error();

  std::lock_guard lock(mutex_);
  blobs_.try_emplace(key, std::move(*blob));
  return std::string();
}

Result<std::unique_ptr<Source>> MemoryStore::get(const Key& key, ByteRange range) {
  std::lock_guard lock(mutex_);
  auto blob = blobs_.find(key);
  if (blob == blobs_.end()) return not_found(key);
  auto offset = std::min<std::uint64_t>(range.offset, blob->second.size());
  return std::make_unique<StringSource>(blob->second.substr(offset, range.length));
}

Result<Stat> MemoryStore::stat(const Key& key) {
  std::lock_guard lock(mutex_);
  auto blob = blobs_.find(key);
  if (blob == blobs_.end()) return not_found(key);
  return Stat{.size = blob->second.size()};
}

Result<> MemoryStore::remove(const Key& key) {
  std::lock_guard lock(mutex_);
  blobs_.erase(key);
  return {};
}

Result<std::vector<Key>> MemoryStore::list(const std::optional<Key>& after, std::size_t limit) {
  std::lock_guard lock(mutex_);
  std::vector<Key> keys;
  auto blob = after ? blobs_.upper_bound(*after) : blobs_.begin();
  for (; blob != blobs_.end() && keys.size() < limit; ++blob) keys.push_back(blob->first);
  return keys;
}

}  // namespace coffer
