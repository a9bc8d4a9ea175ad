#include "blob/rados.h"

#include "blob/rados_index.h"
#include "digest/token.h"

namespace coffer {

Result<std::unique_ptr<RadosStore>> RadosStore::open(RadosOptions options) {
  auto rados = librados();
  if (!rados) return rados.error();
  auto piece_size = options.piece_size;
  auto pool = std::make_shared<RadosPool>(**rados, std::move(options));
  return std::unique_ptr<RadosStore>(new RadosStore(std::move(pool), piece_size));
}

RadosStore::RadosStore(std::shared_ptr<RadosPool> pool, std::uint64_t piece_size)
    : pool_(std::move(pool)),
      index_(std::make_unique<RadosIndex>(pool_)),
      piece_size_(piece_size) {}

RadosStore::~RadosStore() = default;

Result<std::string> RadosStore::put(const Key& key, const Opener& bytes, std::uint64_t size) {
  auto there = index_->find(key);
  if (there && there->size == size) return std::string();
  if (!there && there.error().code != Errc::not_found) return there.error();
  // One of another size is damaged and gives way to the good bytes.
  if (there) {
    if (auto removed = remove(key); !removed) return removed.error();
  }
  auto source = bytes({});
  if (!source) return source.error();

  RadosPieces pieces{
      .size = size, .piece_size = piece_size_, .token = random_token().substr(0, 22)};
  auto done = index_->begin(key, pieces);
  if (done) done = write_pieces(*pool_, key, pieces, **source);
  if (done) done = index_->finish(key, pieces);
  if (done) return std::string();

  // What cannot be removed now stays unfinished, and is removed some day.
  if (index_->doom_begun(key, pieces)) (void)discard(key, pieces);
  if (done.error().code != Errc::conflict) return done.error();
  auto first = index_->find(key);
  if (first && first->size == size) return std::string();
  return Error{Errc::unavailable, "'" + key_text(key) + "' was removed while it was put"};
}

Result<std::unique_ptr<Source>> RadosStore::get(const Key& key, ByteRange range) {
  auto pieces = index_->find(key);
  if (!pieces) return pieces.error();
  return read_pieces(pool_, key, *pieces, range);
}

Result<Stat> RadosStore::stat(const Key& key) {
  auto pieces = index_->find(key);
  if (!pieces) return pieces.error();
  return Stat{.size = pieces->size};
}

Result<> RadosStore::remove(const Key& key) {
  auto doomed = index_->doom(key);
  if (!doomed) return doomed.error();
  for (auto& pieces : *doomed)
    if (auto discarded = discard(key, pieces); !discarded) return discarded;
  return {};
}

Result<> RadosStore::discard(const Key& key, const RadosPieces& pieces) {
  if (auto removed = remove_pieces(*pool_, key, pieces); !removed) return removed;
  return index_->forget(key, pieces);
}

Result<std::vector<Key>> RadosStore::list(const std::optional<Key>& after, std::size_t limit) {
  return index_->list(after, limit);
}

Result<std::vector<Key>> RadosStore::unfinished() { return index_->unfinished(1000); }

}  // namespace coffer
