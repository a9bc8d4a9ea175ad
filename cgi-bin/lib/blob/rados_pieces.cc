#include "blob/rados_pieces.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/text.h"
#include "blob/verified.h"

namespace coffer {
namespace {

// librados has a copy of what is being written: at most 24 MiB for a put(), 2 MiB for a get().
constexpr std::uint64_t kWriteSize = 4u << 20;
constexpr std::size_t kWritesAtOnce = 3;
constexpr std::uint64_t kReadSize = 1u << 20;
constexpr std::size_t kRemovalsAtOnce = 16;

std::string object_name(const RadosPool& pool, const Key& key, const RadosPieces& pieces,
                        std::uint64_t number) {
  return pool.prefix() + key_text(key) + "." + pieces.token + "." + std::to_string(number);
}

// A part of a blob that is within one piece, and where in it.
struct Part {
  std::uint64_t piece;
  std::uint64_t offset;
  std::size_t length;
};

Part part_at(const RadosPieces& pieces, std::uint64_t at, std::uint64_t end, std::uint64_t most) {
  auto offset = at % pieces.piece_size;
  return {.piece = at / pieces.piece_size,
          .offset = offset,
          .length = std::min({end - at, most, pieces.piece_size - offset})};
}

Result<> fill(Source& bytes, std::span<char> buffer) {
  while (!buffer.empty()) {
    auto n = bytes.read(buffer);
    if (!n) return n.error();
    if (*n == 0) return Error{Errc::data_loss, "the bytes of a blob end too early"};
    buffer = buffer.subspan(*n);
  }
  return {};
}

struct Transfer {
  explicit Transfer(const Librados& rados) : request(rados) {}

  std::vector<char> buffer;
  RadosRequest request;  // goes before the buffer that it uses
};

class PiecesSource : public Source {
 public:
  PiecesSource(std::shared_ptr<RadosPool> pool, rados_ioctx_t io, const Key& key,
               const RadosPieces& pieces, std::uint64_t at, std::uint64_t end)
      : pool_(std::move(pool)),
        io_(io),
        key_(key),
        pieces_(pieces),
        at_(at),
        end_(end),
        ahead_(pool_->rados) {
    request_next();
  }

  Result<std::size_t> read(std::span<char> buffer) override {
    if (used_ == current_.size()) {
      if (auto next = take_next(); !next) return next.error();
    }
    auto n = std::min(buffer.size(), current_.size() - used_);
    std::copy_n(current_.data() + used_, n, buffer.data());
    used_ += n;
    return n;
  }

 private:
  void request_next() {
    auto part = part_at(pieces_, at_, end_, kReadSize);
    at_ += part.length;
    ahead_.buffer.resize(part.length);
    if (part.length == 0) return;
    ahead_.request.begin([&](rados_completion_t completion) {
      return pool_->rados.aio_read(io_, object_name(*pool_, key_, pieces_, part.piece).c_str(),
                                   completion, ahead_.buffer.data(), part.length, part.offset);
    });
  }

  // After an error there is nothing more to come but that error.
  Result<> take_next() {
    if (failed_) return *failed_;
    int got = ahead_.request.end();
    if (got < 0 && got != -ENOENT) return *(failed_ = pool_->error(got, "read from"));
    if (got < 0 || static_cast<std::size_t>(got) != ahead_.buffer.size())
      return *(failed_ = Error{Errc::data_loss,
                               "a piece of the blob '" + key_text(key_) + "' is not whole"});
    std::swap(current_, ahead_.buffer);
    used_ = 0;
    request_next();
    return {};
  }

  std::shared_ptr<RadosPool> pool_;
  rados_ioctx_t io_;
  Key key_;
  RadosPieces pieces_;
  std::uint64_t at_;
  std::uint64_t end_;
  std::vector<char> current_;
  std::size_t used_ = 0;
  Transfer ahead_;
  std::optional<Error> failed_;
};

}  // namespace

std::string pieces_text(const RadosPieces& pieces) {
  return std::to_string(pieces.size) + " " + std::to_string(pieces.piece_size) + " " + pieces.token;
}

std::optional<RadosPieces> parse_pieces(std::string_view text) {
  auto words = split(text, ' ');
  if (words.size() != 3 || words[2].empty()) return {};
  auto size = parse_number(words[0]), piece_size = parse_number(words[1]);
  if (!size || !piece_size || *piece_size == 0) return {};
  return RadosPieces{.size = *size, .piece_size = *piece_size, .token = std::string(words[2])};
}

Result<> write_pieces(RadosPool& pool, const Key& key, const RadosPieces& pieces, Source& bytes) {
  auto io = pool.connect();
  if (!io) return io.error();
  VerifiedSource verified(bytes, key.blob, pieces.size);
  std::array<std::optional<Transfer>, kWritesAtOnce> transfers;
  for (auto& transfer : transfers) transfer.emplace(pool.rados);

  std::size_t turn = 0;
  for (std::uint64_t at = 0; at < pieces.size;) {
    auto& transfer = *transfers[turn++ % transfers.size()];
    if (int code = transfer.request.end(); code < 0) return pool.error(code, "write to");
    auto part = part_at(pieces, at, pieces.size, kWriteSize);
    transfer.buffer.resize(part.length);
    if (auto filled = fill(verified, transfer.buffer); !filled) return filled;
    transfer.request.begin([&](rados_completion_t completion) {
      return pool.rados.aio_write(*io, object_name(pool, key, pieces, part.piece).c_str(),
                                  completion, transfer.buffer.data(), part.length, part.offset);
    });
    at += part.length;
  }
  // No bytes at all are looked at here, others have been.
  char none;
  if (auto end = verified.read({&none, 1}); !end) return end.error();
  for (auto& transfer : transfers)
    if (int code = transfer->request.end(); code < 0) return pool.error(code, "write to");
  return {};
}

Result<> remove_pieces(RadosPool& pool, const Key& key, const RadosPieces& pieces) {
  auto io = pool.connect();
  if (!io) return io.error();
  std::array<std::optional<RadosRequest>, kRemovalsAtOnce> removals;
  for (auto& removal : removals) removal.emplace(pool.rados);

  auto rounds = pieces.count() + removals.size();
  for (std::uint64_t turn = 0; turn < rounds; turn++) {
    auto& removal = *removals[turn % removals.size()];
    if (int code = removal.end(); code < 0 && code != -ENOENT)
      return pool.error(code, "remove from");
    if (turn >= pieces.count()) continue;
    removal.begin([&](rados_completion_t completion) {
      return pool.rados.aio_remove(*io, object_name(pool, key, pieces, turn).c_str(), completion);
    });
  }
  return {};
}

Result<std::unique_ptr<Source>> read_pieces(std::shared_ptr<RadosPool> pool, const Key& key,
                                            const RadosPieces& pieces, ByteRange range) {
  auto io = pool->connect();
  if (!io) return io.error();
  auto at = std::min(range.offset, pieces.size);
  auto end = at + std::min(range.length, pieces.size - at);
  return std::make_unique<PiecesSource>(std::move(pool), *io, key, pieces, at, end);
}

}  // namespace coffer
