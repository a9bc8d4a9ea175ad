#include "coffer/pieces.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <thread>

namespace coffer {
namespace {

namespace fs = std::filesystem;

// What a cut line costs at most is what came since the last of these; each costs an fsync.
constexpr std::uint64_t kKeepEvery = 64 * 1024 * 1024;
constexpr std::uint64_t kWriteBack = 1024 * 1024;
constexpr auto kPause = std::chrono::milliseconds(20);

// Who of this process receives into which file, and how the wait for the body is ended.
class Receivers {
 public:
  void add(const fs::path& path, const std::function<void()>& cut) {
    std::scoped_lock lock(mutex_);
    cuts_[path] = cut;
  }
  void remove(const fs::path& path) {
    std::scoped_lock lock(mutex_);
    cuts_.erase(path);
  }
  // Under the lock, so that nobody is cut whose request is over.
  void cut(const fs::path& path) {
    std::scoped_lock lock(mutex_);
    if (auto found = cuts_.find(path); found != cuts_.end() && found->second) found->second();
  }

 private:
  std::mutex mutex_;
  std::map<fs::path, std::function<void()>> cuts_;
} receivers;

struct Receiving {
  Receiving(const fs::path& its_path, const std::function<void()>& cut) : path(its_path) {
    receivers.add(path, cut);
  }
  ~Receiving() { receivers.remove(path); }

  const fs::path& path;
};

// The one digest of a piece that its client declares.
Result<> check_piece(const Declared& declared, const DigestState& piece) {
  auto ours = digests_at(piece);
  if (std::ranges::equal(digest_of(ours, declared.algorithm), declared.digest)) return {};
  return Error{Errc::checksum_mismatch,
               "the bytes that came in do not have the {} of Upload-Checksum",
               {std::string(title_of(declared.algorithm))}};
}

}  // namespace

Result<Pieces> Pieces::make(const fs::path& path) {
  auto fd = open_file(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW);
  if (!fd) return fd.error();
  // A sweeper that has come by in between has taken it for one that nobody needs.
  if (auto held = hold_file(fd->get(), path); !held || !*held)
    return Error{Errc::unavailable, "somebody takes '" + path.string() + "'"};
  if (auto synced = sync_directory(path.parent_path()); !synced) return synced.error();
  return Pieces(path, std::move(*fd));
}

Result<Pieces> Pieces::take(const fs::path& path, std::chrono::milliseconds patience) {
  auto fd = open_file(path, O_RDWR | O_NOFOLLOW);
  if (!fd) return fd.error();
  auto until = std::chrono::steady_clock::now() + patience;
  for (;;) {
    auto held = hold_file(fd->get(), path);
    if (!held) return held.error();
    if (*held) return Pieces(path, std::move(*fd));
    if (std::chrono::steady_clock::now() >= until)
      return Error{Errc::locked, "another request is sending to this upload"};
    std::this_thread::sleep_for(kPause);
  }
}

Result<> Pieces::cut_to(std::uint64_t size) {
  struct stat info;
  if (::fstat(fd_.get(), &info) != 0) return system_error("look at", path_);
  if (static_cast<std::uint64_t>(info.st_size) < size)
    return Error{Errc::data_loss, "'" + path_.string() + "' is shorter than it was"};
  if (::ftruncate(fd_.get(), static_cast<off_t>(size)) != 0) return system_error("cut", path_);
  return {};
}

Result<> Pieces::give_back_unused() {
  struct stat info;
  if (::fstat(fd_.get(), &info) != 0 || ::ftruncate(fd_.get(), info.st_size) != 0)
    return system_error("give back the space set aside for", path_);
  return {};
}

void Pieces::interrupt(const fs::path& path) { receivers.cut(path); }

Result<> Pieces::sync(DigestPipe& pipe, DigestState& state, const Keep& keep) {
  if (auto synced = sync_file(fd_.get(), path_); !synced) return synced;
  auto reached = pipe.state();
  if (auto kept = keep(reached); !kept) return kept;
  state = reached;
  return {};
}

Result<> Pieces::receive(Source& body, std::uint64_t length,
                         const std::optional<Declared>& checksum, DigestState& state,
                         const Keep& keep, const std::function<void()>& cut) {
  auto start = static_cast<off_t>(state.size);
  if (::lseek(fd_.get(), start, SEEK_SET) < 0) return system_error("go on with", path_);
  if (length >= kWorthSettingAside)
    if (auto aside = set_aside(fd_.get(), state.size, length, path_); !aside) return aside;

  Receiving receiving(path_, cut);
  DigestPipe pipe(state);
  auto got = receive_into(pipe, body, length, checksum, state, keep);
  // What was set aside and did not come goes; not what has come, which may be noted in a commit
  // whose answer was lost.
  if (!got)
    if (auto given = give_back_unused(); !given) return given;
  return got;
}

Result<> Pieces::receive_into(DigestPipe& pipe, Source& body, std::uint64_t length,
                              const std::optional<Declared>& checksum, DigestState& state,
                              const Keep& keep) {
  std::optional<DigestPipe> piece;
  if (checksum) piece.emplace(DigestState{});
  std::uint64_t came = 0;
  while (came < length) {
    auto buffer = pipe.buffer();
    auto n = body.read(buffer.first(std::min<std::uint64_t>(buffer.size(), length - came)));
    if (!n || *n == 0) {
      if (!checksum && came > 0)
        if (auto kept = sync(pipe, state, keep); !kept) return kept;
      return n ? Error{Errc::invalid_argument, "the body is shorter than its Content-Length"}
               : n.error();
    }
    std::string_view bytes(buffer.data(), *n);
    if (auto put = write_all(fd_.get(), bytes, path_); !put) return put;
    if (piece) {
      bytes.copy(piece->buffer().data(), *n);
      piece->push(*n);
    }
    pipe.push(*n);
    auto before = came;
    came += *n;
    if (came / kWriteBack != before / kWriteBack)
      ::sync_file_range(fd_.get(), 0, 0, SYNC_FILE_RANGE_WRITE);
    if (!checksum && came / kKeepEvery != before / kKeepEvery && came < length)
      if (auto kept = sync(pipe, state, keep); !kept) return kept;
  }
  if (piece)
    if (auto same = check_piece(*checksum, piece->state()); !same) return same;
  return sync(pipe, state, keep);
}

}  // namespace coffer
