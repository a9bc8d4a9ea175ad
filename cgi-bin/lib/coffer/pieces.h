// Pieces: the file of an upload that comes in pieces, in store/resume, and who goes on with it.
//
//   auto pieces = Pieces::take(path, patience);        // nobody else has it now
//   pieces->receive(body, length, checksum, state, keep, cut);
//
// The lock is the kernel's: a process that dies holds none.

#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "base/file.h"
#include "base/stream.h"
#include "digest/digester.h"
#include "digest/state.h"
#include "http/digest_field.h"

namespace coffer {

class Pieces {
 public:
  /// A new file, held, its name durable.
  static Result<Pieces> make(const std::filesystem::path& path);

  /// The file that is there, once nobody holds it any more. Errc::locked if that takes longer than
  /// `patience`, Errc::not_found if there is none.
  static Result<Pieces> take(const std::filesystem::path& path, std::chrono::milliseconds patience);

  /// Makes who receives into the file at `path`, in this process, stop and keep what has come.
  static void interrupt(const std::filesystem::path& path);

  /// Keeps the first `size` bytes and gives back the disk space behind them. Errc::data_loss if the
  /// file has fewer.
  Result<> cut_to(std::uint64_t size);

  /// Gives back the disk space behind all that has come, which was set aside and is not needed.
  Result<> give_back_unused();

  /// Keeps what has come so far: with the file synced, `state` is where one can go on.
  using Keep = std::function<Result<>(const DigestState& state)>;

  /// Takes `length` bytes in behind the `state.size` that count, and digests them; cut_to() comes
  /// first. They are synced and kept every now and then, at the end, and where the body ends too
  /// early, whose error is then the result. If a checksum is declared all of them are kept or none:
  /// Errc::checksum_mismatch. `cut` ends the wait for the body, for interrupt().
  Result<> receive(Source& body, std::uint64_t length, const std::optional<Declared>& checksum,
                   DigestState& state, const Keep& keep, const std::function<void()>& cut);

  const std::filesystem::path& path() const { return path_; }

 private:
  Pieces(std::filesystem::path path, Fd fd) : path_(std::move(path)), fd_(std::move(fd)) {}

  Result<> sync(DigestPipe& pipe, DigestState& state, const Keep& keep);
  Result<> receive_into(DigestPipe& pipe, Source& body, std::uint64_t length,
                        const std::optional<Declared>& checksum, DigestState& state,
                        const Keep& keep);

  std::filesystem::path path_;
  Fd fd_;
};

}  // namespace coffer
