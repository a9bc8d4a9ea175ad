#include "coffer/staging.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>

#include "digest/digester.h"
#include "digest/token.h"

namespace coffer {
namespace {

// Up to this size a file is digested by the thread that receives it: starting another one
// would take longer.
constexpr std::size_t kSmall = DigestPipe::kBufferSize;

// Write-back starts every so many bytes, so that the sync at the end finds little to do.
constexpr std::uint64_t kWriteBack = 8 * 1024 * 1024;

// Fills `buffer` as far as the source goes.
Result<std::size_t> read_full(Source& bytes, std::span<char> buffer) {
  std::size_t have = 0;
  while (have < buffer.size()) {
    auto n = bytes.read(buffer.subspan(have));
    if (!n) return n.error();
    if (*n == 0) break;
    have += *n;
  }
  return have;
}

Error over_long() { return {Errc::too_large, "the file is larger than it may be"}; }

// The rest of a file of which `first` has come in: received here, digested by another thread.
Result<> receive_large(Source& bytes, std::uint64_t most, int fd, std::span<const char> first,
                       Staged& staged) {
  DigestPipe pipe;
  std::copy(first.begin(), first.end(), pipe.buffer().begin());
  for (std::size_t n = first.size(); n > 0;) {
    auto chunk = pipe.buffer().first(n);
    if (auto put = write_all(fd, {chunk.data(), n}, staged.path()); !put) return put;
    pipe.push(n);
    auto before = staged.size / kWriteBack;
    staged.size += n;
    if (staged.size > most) return over_long();
    if (staged.size / kWriteBack != before)
      ::sync_file_range(fd, static_cast<off_t>(before * kWriteBack), static_cast<off_t>(kWriteBack),
                        SYNC_FILE_RANGE_WRITE);
    auto next = bytes.read(pipe.buffer());
    if (!next) return next.error();
    n = *next;
  }
  staged.digests = pipe.finish();
  return {};
}

Result<> receive_into(Source& bytes, std::uint64_t most, int fd, Staged& staged) {
  std::vector<char> buffer(std::min<std::uint64_t>(kSmall, most + 1));
  auto n = read_full(bytes, buffer);
  if (!n) return n.error();
  if (*n == kSmall) return receive_large(bytes, most, fd, buffer, staged);
  if (*n > most) return over_long();
  Digester digester;
  digester.update({buffer.data(), *n});
  staged.digests = digester.finish();
  staged.size = *n;
  return write_all(fd, {buffer.data(), *n}, staged.path());
}

}  // namespace

Staged::Staged(Staged&& other) noexcept
    : digests(other.digests),
      size(other.size),
      synced(other.synced),
      path_(std::exchange(other.path_, {})) {}

Staged& Staged::operator=(Staged&& other) noexcept {
  digests = other.digests;
  size = other.size;
  synced = other.synced;
  std::swap(path_, other.path_);
  return *this;
}

Staged::~Staged() {
  if (!path_.empty()) ::unlink(path_.c_str());
}

// This process's folder, made and locked when it is first asked for.
Result<std::filesystem::path> Staging::own() {
  std::scoped_lock guard(mutex_);
  if (lock_) return own_;
  // A sweeper takes what nobody holds, so also this folder between its making and its locking.
  constexpr int kTries = 100;
  for (int i = 0; i < kTries; i++) {
    auto own = directory_ / random_token();
    if (::mkdir(own.c_str(), 0700) != 0) return system_error("make", own);
    auto lock = open_file(own, O_RDONLY | O_DIRECTORY);
    if (!lock && lock.error().code != Errc::not_found) return lock.error();
    if (!lock) continue;
    if (auto held = hold_file(lock->get(), own); !held || !*held) continue;
    own_ = std::move(own);
    lock_ = std::move(*lock);
    return own_;
  }
  return Error{Errc::unavailable, "somebody takes every folder in '" + directory_.string() + "'"};
}

Staging::~Staging() {
  std::error_code ignored;
  if (lock_) std::filesystem::remove_all(own_, ignored);
}

Result<std::string> Staging::name() {
  auto folder = own();
  if (!folder) return folder.error();
  return folder->filename().string();
}

Result<std::uint64_t> Staging::room() const {
  struct statvfs disk;
  if (::statvfs(directory_.c_str(), &disk) != 0)
    return system_error("look at the disk of", directory_);
  auto free = std::uint64_t{disk.f_bavail} * disk.f_frsize;
  return free - std::min(free, keep_free_);
}

Result<> Staging::has_room(std::uint64_t bytes) const {
  auto free = room();
  if (!free) return free.error();
  if (bytes > *free) return Error{Errc::no_space, "the disk has too little room left for that"};
  return {};
}

Result<Staged> Staging::receive(Source& bytes, std::uint64_t most, bool synced) {
  if (auto fits = has_room(most); !fits) return fits.error();
  auto folder = own();
  if (!folder) return folder.error();
  Staged staged(*folder / random_token());
  auto fd = open_file(staged.path(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW);
  if (!fd) return fd.error();
  if (most >= kWorthSettingAside)
    if (auto aside = set_aside(fd->get(), 0, most, staged.path()); !aside) return aside.error();
  if (auto got = receive_into(bytes, most, fd->get(), staged); !got) return got.error();
  if (most >= kWorthSettingAside && staged.size < most)
    if (::ftruncate(fd->get(), static_cast<off_t>(staged.size)) != 0)
      return system_error("cut", staged.path());
  staged.synced = synced;
  if (!synced) return staged;
  if (auto done = sync_file(fd->get(), staged.path()); !done) return done.error();
  return staged;
}

// Not by O_TMPFILE, which not every filesystem has.
Result<Fd> Staging::scratch() {
  auto own = this->own();
  if (!own) return own.error();
  auto path = *own / random_token();
  auto fd = open_file(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW);
  if (fd && ::unlink(path.c_str()) != 0) return system_error("remove", path);
  return fd;
}

Result<std::vector<std::string>> sweep_staging(const std::filesystem::path& directory) {
  std::vector<std::string> held;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    auto lock = open_file(entry.path(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!lock) continue;
    if (::flock(lock->get(), LOCK_EX | LOCK_NB) != 0)
      held.push_back(entry.path().filename().string());
    else
      std::filesystem::remove_all(entry.path(), error);
  }
  if (error) return Error{Errc::internal, "cannot sweep '" + directory.string() + "'"};
  return held;
}

}  // namespace coffer
