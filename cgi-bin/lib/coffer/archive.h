// Archives: a tree of files as one stream, made as it goes out, in memory that does not grow.

#pragma once

#include <memory>

#include "base/file.h"
#include "blob/store.h"
#include "meta/walk.h"

namespace coffer {

/// A ZIP file of what `walk` meets, its bytes from `store`. The directory that a ZIP ends with
/// is kept in `scratch`, an open empty file, until then.
std::unique_ptr<Source> zip_of(Walk walk, BlobStore& store, Fd scratch);

/// A TAR file.
std::unique_ptr<Source> tar_of(Walk walk, BlobStore& store);

/// A line for each file that `sha256sum -c`, or the like for another algorithm, reads.
std::unique_ptr<Source> sums_of(Walk walk, Algorithm algorithm);

}  // namespace coffer
