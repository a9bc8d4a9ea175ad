// LocalStore: one file per blob, <directory>/9f/9f86d081... (its key's text, mode 0600).
//
// On this machine's disk it keeps what is read most; on a mounted one, be it NFS, CephFS or a file
// system on RBD, it is a store like the remote ones. Either has to honour fsync() and rename().
//
// The 256 folders are made, and made durable, when the store is opened, so that a
// new blob costs one directory sync and never that of a new parent.

#pragma once

#include "blob/store.h"

namespace coffer {

class LocalStore : public BlobStore {
 public:
  /// Opens the store, and makes its folders if it is new.
  static Result<std::unique_ptr<LocalStore>> open(std::filesystem::path directory);

  /// Takes a file in that is complete, synced and known to hash to `name`, by a hard
  /// link and a directory sync; `file` must be on the same disk and stays where it is.
  /// A blob of that name and `size` that is there already is left alone; one of another
  /// size is damaged and gives way to the good bytes.
  Result<> adopt(const Sha256& name, const std::filesystem::path& file, std::uint64_t size);

  /// The same without the directory sync: returns the directory, which the caller has to sync.
  Result<std::filesystem::path> link(const Sha256& name, const std::filesystem::path& file,
                                     std::uint64_t size);

  Result<std::string> put(const Key& key, const Opener& bytes, std::uint64_t size) override;
  Result<std::unique_ptr<Source>> get(const Key& key, ByteRange range) override;
  Result<Stat> stat(const Key& key) override;
  Result<> remove(const Key& key) override;
  Result<std::vector<Key>> list(const std::optional<Key>& after, std::size_t limit) override;

  /// On this machine's own disk, whose keys have no serial numbers, the sweeper finds them.
  Result<std::vector<Key>> unfinished() override;
  std::optional<std::filesystem::path> path(const Key& key) const override;

 private:
  explicit LocalStore(std::filesystem::path directory) : directory_(std::move(directory)) {}

  bool has(const Key& key, std::uint64_t size);

  std::filesystem::path directory_;
};

}  // namespace coffer
