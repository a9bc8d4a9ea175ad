// The pieces of a blob in RADOS: objects of one size, the last one shorter.

#pragma once

#include "blob/rados_pool.h"

namespace coffer {

/// What one put() writes.
struct RadosPieces {
  std::uint64_t size = 0;
  std::uint64_t piece_size = 0;
  std::string token;

  std::uint64_t count() const { return size / piece_size + (size % piece_size != 0); }
};

/// The same in an index: "5 67108864 CPMoMXJpaRxKWxBmtfbGDA".
std::string pieces_text(const RadosPieces& pieces);
std::optional<RadosPieces> parse_pieces(std::string_view text);

/// Writes all of `bytes`, which must be the blob. Errc::data_loss if they are not.
Result<> write_pieces(RadosPool& pool, const Key& key, const RadosPieces& pieces, Source& bytes);

/// They are gone afterwards, those of them that were there.
Result<> remove_pieces(RadosPool& pool, const Key& key, const RadosPieces& pieces);

/// The bytes in `range`, whose source reads a little ahead.
Result<std::unique_ptr<Source>> read_pieces(std::shared_ptr<RadosPool> pool, const Key& key,
                                            const RadosPieces& pieces, ByteRange range);

}  // namespace coffer
