// Files: the few system calls that a durable store is made of, with errors as values.

#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "base/stream.h"

namespace coffer {

/// Owns a file descriptor.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept;
  ~Fd() { close(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  void close();

 private:
  int fd_ = -1;
};

/// "cannot open '/path': No such file", from errno. Errc::not_found for ENOENT,
/// Errc::no_space for a full disk or quota, Errc::internal for anything else.
Error system_error(std::string_view doing, const std::filesystem::path& path);

/// Opens `path` as open(2) does, with O_CLOEXEC. `mode` is used with O_CREAT.
Result<Fd> open_file(const std::filesystem::path& path, int flags, unsigned mode = 0600);

/// Locks an open file or directory until it is closed. False if somebody else holds it,
/// Errc::not_found if it has been removed.
Result<bool> hold_file(int fd, const std::filesystem::path& path);

/// Writes all of `bytes`; `path` is only for the error's text.
Result<> write_all(int fd, std::string_view bytes, const std::filesystem::path& path);

/// From this many bytes on set_aside() is worth its call.
inline constexpr std::uint64_t kWorthSettingAside = 1024 * 1024;

/// Sets disk space aside for `bytes` bytes from `offset` on, which the file does not have yet:
/// Errc::no_space before the first of them has come. Where the filesystem cannot do that they may
/// run out of space as they come.
Result<> set_aside(int fd, std::uint64_t offset, std::uint64_t bytes,
                   const std::filesystem::path& path);

/// fsync(2) of an open file. An error is final: the kernel may have dropped the
/// pages, so a second call that succeeds would prove nothing.
Result<> sync_file(int fd, const std::filesystem::path& path);

/// fsync(2) of a directory, which makes the names in it durable.
Result<> sync_directory(const std::filesystem::path& directory);

/// The bytes [offset, offset + length) of an open file, which it owns.
class FileSource : public Source {
 public:
  FileSource(Fd fd, std::uint64_t offset, std::uint64_t length, std::filesystem::path path)
      : fd_(std::move(fd)), offset_(offset), length_(length), path_(std::move(path)) {}

  Result<std::size_t> read(std::span<char> buffer) override;

 private:
  Fd fd_;
  std::uint64_t offset_;
  std::uint64_t length_;
  std::filesystem::path path_;
};

}  // namespace coffer
