// RadosIndex: which blobs of a RadosStore are whole, which are begun, and where their pieces are.
//
// An entry is a key and a value of the omap of <prefix>index.00 ... ff, by the blob's first byte,
// and each change is one atomic operation there that asserts what it changes:
//
//   begin    +"~<key>~<token>" = "begun <pieces>"
//   finish   that, and no "<key>"       ->  "<key>" = "<pieces>"
//   doom     that, or "<key>"           ->  "~<key>~<token>" = "doomed <pieces>"
//   forget   -"~<key>~<token>"
//
// So however late Ceph carries out what somebody had given up on: a blob is whole only while all
// its pieces are there, and as long as there is any piece there is an entry that says so.

#pragma once

#include "blob/rados_pieces.h"

namespace coffer {

class RadosIndex {
 public:
  explicit RadosIndex(std::shared_ptr<RadosPool> pool) : pool_(std::move(pool)) {}

  /// The pieces of a blob that is whole, or Errc::not_found.
  Result<RadosPieces> find(const Key& key);

  Result<> begin(const Key& key, const RadosPieces& pieces);

  /// Errc::conflict if another has finished that blob, or somebody has doomed this.
  Result<> finish(const Key& key, const RadosPieces& pieces);

  /// These can be finished no more. Errc::conflict if they have been, or are doomed already.
  Result<> doom_begun(const Key& key, const RadosPieces& pieces);

  /// The blob is not there from now on, and neither is what has been begun of it. All that is left
  /// of it, to be removed and then forgotten.
  Result<std::vector<RadosPieces>> doom(const Key& key);

  Result<> forget(const Key& key, const RadosPieces& pieces);

  /// Keys of blobs that are whole, as BlobStore::list() returns them.
  Result<std::vector<Key>> list(const std::optional<Key>& after, std::size_t limit);

  /// Keys of what is begun or doomed, each once.
  Result<std::vector<Key>> unfinished(std::size_t limit);

 private:
  struct Entries;
  class Change;

  std::string object(std::uint8_t byte) const;
  Result<> apply(const Key& key, Change& change);
  Result<Entries> read(std::uint8_t byte, const std::string& after, const std::string& prefix,
                       std::size_t limit);

  std::shared_ptr<RadosPool> pool_;
};

}  // namespace coffer
