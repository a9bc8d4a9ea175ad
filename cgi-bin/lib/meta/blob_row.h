// The columns of a blob as statements name them, and the struct they make.

#pragma once

#include "meta/types.h"
#include "sql/value.h"

#define BLOB_COLUMNS "b.sha256, b.size, b.sha1, b.md5, b.crc32, b.crc64, b.refs"

namespace coffer {

/// From a row that begins with BLOB_COLUMNS.
inline Blob blob_of(const Row& row) {
  return {.digests = {.sha256 = row.bytes<32>(0),
                      .sha1 = row.bytes<20>(2),
                      .md5 = row.bytes<16>(3),
                      .crc32 = row.bytes<4>(4),
                      .crc64 = row.bytes<8>(5)},
          .size = row.number(1),
          .refs = row.number(6)};
}

}  // namespace coffer
