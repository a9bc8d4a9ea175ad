// LocalStore: one file per blob, <directory>/9f/9f86d081... (lower-case hex, mode 0600).
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

  Result<> put(const Sha256& name, Source& bytes, std::uint64_t size) override;
  Result<std::unique_ptr<Source>> get(const Sha256& name, ByteRange range) override;
  Result<std::uint64_t> stat(const Sha256& name) override;
  Result<> remove(const Sha256& name) override;
  Result<std::vector<Sha256>> list(const std::optional<Sha256>& after, std::size_t limit) override;
  std::optional<std::filesystem::path> path(const Sha256& name) const override;

 private:
  explicit LocalStore(std::filesystem::path directory) : directory_(std::move(directory)) {}

  std::filesystem::path directory_;
};

}  // namespace coffer
