#include "base/file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace coffer {

Fd& Fd::operator=(Fd&& other) noexcept {
  if (this != &other) {
    close();
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

void Fd::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

Error system_error(std::string_view doing, const std::filesystem::path& path) {
  int number = errno;
  Errc code = number == ENOENT                       ? Errc::not_found
              : number == ENOSPC || number == EDQUOT ? Errc::no_space
                                                     : Errc::internal;
  char text[128];
  return {code, "cannot " + std::string(doing) + " '" + path.string() +
                    "': " + ::strerror_r(number, text, sizeof text)};
}

Result<Fd> open_file(const std::filesystem::path& path, int flags, unsigned mode) {
  Fd fd(::open(path.c_str(), flags | O_CLOEXEC, mode));
  if (!fd) return system_error("open", path);
  return fd;
}

Result<bool> hold_file(int fd, const std::filesystem::path& path) {
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) return false;
  struct stat info;
  if (::fstat(fd, &info) != 0) return system_error("look at", path);
  if (info.st_nlink == 0) return Error{Errc::not_found, path.string() + " has been removed"};
  return true;
}

Result<> write_all(int fd, std::string_view bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error("write", path);
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

Result<> set_aside(int fd, std::uint64_t offset, std::uint64_t bytes,
                   const std::filesystem::path& path) {
  if (::fallocate(fd, FALLOC_FL_KEEP_SIZE, static_cast<off_t>(offset), static_cast<off_t>(bytes)) !=
          0 &&
      errno != EOPNOTSUPP && errno != EINTR)
    return system_error("set space aside for", path);
  return {};
}

Result<> sync_file(int fd, const std::filesystem::path& path) {
  if (::fsync(fd) != 0) return system_error("sync", path);
  return {};
}

Result<> sync_directory(const std::filesystem::path& directory) {
  auto fd = open_file(directory, O_RDONLY | O_DIRECTORY);
  if (!fd) return fd.error();
  return sync_file(fd->get(), directory);
}

Result<std::size_t> FileSource::read(std::span<char> buffer) {
  auto want = std::min<std::uint64_t>(buffer.size(), length_);
  ssize_t n;
  do n = ::pread(fd_.get(), buffer.data(), want, static_cast<off_t>(offset_));
  while (n < 0 && errno == EINTR);
  if (n < 0) return system_error("read", path_);
  offset_ += static_cast<std::uint64_t>(n);
  length_ -= static_cast<std::uint64_t>(n);
  return static_cast<std::size_t>(n);
}

}  // namespace coffer
