// Previews: pictures of files, made when somebody first looks, by workers/thumbnailer, and kept in
// <directory>/9f/9f86d081.../large-1, a folder for each blob.
//
// They are nobody's files and in nobody's quota, and may all be removed at any time: what is looked
// at again is made again. An empty one says that the blob cannot be shown, so that the same broken
// picture is not tried at each look. They go with their blob, and when they are old.

#pragma once

#include <filesystem>
#include <functional>
#include <semaphore>
#include <string>
#include <string_view>

#include "coffer/staging.h"

namespace coffer {

struct PreviewSize {
  std::string_view name;
  unsigned pixels;  // of a square that it fits into
};
inline constexpr PreviewSize kSmallPreview{"small", 96};
inline constexpr PreviewSize kLargePreview{"large", 1280};

/// What a preview is made of.
struct Pictured {
  Sha256 blob;
  std::function<Result<Fd>()> open;        // its bytes as a file, at their beginning
  std::function<Result<bool>()> is_there;  // or it has been deleted meanwhile
};

class Previews {
 public:
  Previews(std::filesystem::path directory, Staging& staging)
      : directory_(std::move(directory)), staging_(staging) {}

  /// The WebP of a blob that is an image or a PDF; of a PDF, of its page `page`, from 1.
  /// Errc::unsupported if the blob is broken or too large for that, Errc::not_found if it has no
  /// such page or is no longer there, Errc::unavailable if too many are being made.
  Result<std::filesystem::path> find(const Pictured& pictured, PreviewSize size,
                                     std::uint64_t page);

  /// Those of a blob whose bytes have been removed are gone.
  Result<> remove(const Sha256& blob);

  /// The same for all blobs of which `is_there` says no, and for all that was made long ago.
  Result<> sweep(const std::function<Result<bool>(const Sha256& blob)>& is_there);

 private:
  std::filesystem::path folder_of(const Sha256& blob) const;
  Result<> make(const Pictured& pictured, PreviewSize size, std::uint64_t page,
                const std::filesystem::path& file);

  std::filesystem::path directory_;
  Staging& staging_;
  std::counting_semaphore<2> turns_{2};
};

}  // namespace coffer
