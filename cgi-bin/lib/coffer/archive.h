// Archives: a tree of files as one stream, made as it goes out, in memory that does not grow.

#pragma once

#include <functional>
#include <memory>

#include "base/file.h"
#include "base/stream.h"
#include "meta/walk.h"

namespace coffer {

/// Opens a blob, wherever it is.
using OpenBlob = std::function<Result<std::unique_ptr<Source>>(const Sha256& blob)>;

/// A ZIP file of what `walk` meets, its bytes from `open`. The directory that a ZIP ends with
/// is kept in `scratch`, an open empty file, until then.
std::unique_ptr<Source> zip_of(Walk walk, OpenBlob open, Fd scratch);

/// A TAR file.
std::unique_ptr<Source> tar_of(Walk walk, OpenBlob open);

/// A line for each file that `sha256sum -c`, or the like for another algorithm, reads.
std::unique_ptr<Source> sums_of(Walk walk, Algorithm algorithm);

}  // namespace coffer
