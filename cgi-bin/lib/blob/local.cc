#include "blob/local.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>

#include "base/file.h"
#include "base/text.h"
#include "blob/verified.h"
#include "digest/token.h"

namespace coffer {
namespace {

namespace fs = std::filesystem;

// A name beside `final` to write under. Whatever has it at the end of the scope goes.
struct Temporary {
  explicit Temporary(const fs::path& final)
      : path(final.parent_path() / ("." + final.filename().string() + "." + random_token())) {}
  ~Temporary() { ::unlink(path.c_str()); }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;

  fs::path path;
};

// What a Temporary's name was made for. Only a key with a serial number is the work of a single
// put(), which is over when somebody asks.
std::optional<Key> temporary_of(const std::string& name) {
  auto end = name.rfind('.');
  if (!name.starts_with('.') || end == 0) return {};
  auto key = parse_key(std::string_view(name).substr(1, end - 1));
  return key && key->serial != 0 ? key : std::nullopt;
}

std::string folder_of(std::uint8_t first_byte) { return hex({&first_byte, 1}); }

// Makes `path` with its parents, each durable before there is anything in it.
Result<> make_directories(const fs::path& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) return {};
  if (auto made = make_directories(path.parent_path()); !made) return made;
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return system_error("make", path);
  return sync_directory(path.parent_path());
}

// The keys of the blobs in one of the 256 folders, in order. Others may write here at the
// same time, and people leave things: what is not a blob by name and kind is none.
Result<std::vector<Key>> blobs_in(const fs::path& folder) {
  std::vector<Key> keys;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; entry != end; entry.increment(error)) {
    auto key = parse_key(entry->path().filename().string());
    std::error_code gone;
    if (key && folder_of(key->blob.front()) == folder.filename().string() &&
        entry->symlink_status(gone).type() == fs::file_type::regular)
      keys.push_back(*key);
  }
  if (error)
    return Error{Errc::internal, "cannot list '" + folder.string() + "': " + error.message()};
  std::sort(keys.begin(), keys.end());
  return keys;
}

}  // namespace

Result<std::unique_ptr<LocalStore>> LocalStore::open(fs::path directory) {
  std::error_code error;
  directory = fs::absolute(directory, error);
  if (error) return Error{Errc::internal, "no such path '" + directory.string() + "'"};
  if (auto made = make_directories(directory); !made) return made.error();
  for (unsigned byte = 0; byte < 256; byte++) {
    auto folder = directory / folder_of(static_cast<std::uint8_t>(byte));
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return system_error("make", folder);
  }
  if (auto synced = sync_directory(directory); !synced) return synced.error();
  return std::unique_ptr<LocalStore>(new LocalStore(std::move(directory)));
}

bool LocalStore::has(const Key& key, std::uint64_t size) {
  auto there = stat(key);
  return there && there->size == size;
}

// The recipe for a file that is there whole or not at all: write beside it under another
// name, sync, rename over, sync the directory.
Result<std::string> LocalStore::put(const Key& key, const Opener& bytes, std::uint64_t size) {
  auto final = *path(key);
  // Who put it there may not have come to syncing the directory yet.
  if (has(key, size)) {
    if (auto synced = sync_directory(final.parent_path()); !synced) return synced.error();
    return std::string();
  }
  auto source = bytes({});
  if (!source) return source.error();
  Temporary temporary(final);
  auto file = open_file(temporary.path, O_WRONLY | O_CREAT | O_EXCL, 0600);
  if (!file) return file.error();
  VerifiedSource verified(**source, key.blob, size);
  auto copied = copy(verified, [&](std::string_view buffer) {
    return write_all(file->get(), buffer, temporary.path);
  });
  if (!copied) return copied.error();
  if (auto synced = sync_file(file->get(), temporary.path); !synced) return synced.error();
  if (::rename(temporary.path.c_str(), final.c_str()) != 0)
    return system_error("rename", temporary.path);
  if (auto synced = sync_directory(final.parent_path()); !synced) return synced.error();
  return std::string();
}

Result<fs::path> LocalStore::link(const Sha256& name, const fs::path& file, std::uint64_t size) {
  auto final = *path(name);
  if (::linkat(AT_FDCWD, file.c_str(), AT_FDCWD, final.c_str(), 0) == 0) return final.parent_path();
  if (errno != EEXIST) return system_error("link", file);
  if (has(name, size)) return final.parent_path();

  Temporary temporary(final);
  if (::linkat(AT_FDCWD, file.c_str(), AT_FDCWD, temporary.path.c_str(), 0) != 0)
    return system_error("link", file);
  if (::rename(temporary.path.c_str(), final.c_str()) != 0)
    return system_error("rename", temporary.path);
  return final.parent_path();
}

Result<> LocalStore::adopt(const Sha256& name, const fs::path& file, std::uint64_t size) {
  auto directory = link(name, file, size);
  if (!directory) return directory.error();
  return sync_directory(*directory);
}

Result<std::unique_ptr<Source>> LocalStore::get(const Key& key, ByteRange range) {
  auto there = stat(key);
  if (!there) return there.error();
  auto file_path = *path(key);
  auto file = open_file(file_path, O_RDONLY | O_NOFOLLOW);
  if (!file) return file.error();
  return std::make_unique<FileSource>(std::move(*file), std::min(range.offset, there->size),
                                      range.length, file_path);
}

// Only a regular file is a blob: a link, pipe or folder of its name is not followed or opened.
Result<Stat> LocalStore::stat(const Key& key) {
  auto file = *path(key);
  struct ::stat info;
  bool there = ::lstat(file.c_str(), &info) == 0;
  if (!there && errno != ENOENT) return system_error("stat", file);
  if (!there || !S_ISREG(info.st_mode))
    return Error{Errc::not_found, "no blob '" + key_text(key) + "'"};  // a user may see it: no path
  // When it came here: a hard link keeps the time at which its bytes were written.
  return Stat{.size = static_cast<std::uint64_t>(info.st_size),
              .modified_ms = static_cast<std::uint64_t>(info.st_ctim.tv_sec) * 1000};
}

Result<> LocalStore::remove(const Key& key) {
  auto file = *path(key);
  if (::unlink(file.c_str()) != 0 && errno != ENOENT) return system_error("remove", file);
  std::error_code error;
  if (key.serial != 0)
    for (fs::directory_iterator entry(file.parent_path(), error), end; entry != end;
         entry.increment(error))
      if (temporary_of(entry->path().filename().string()) == key)
        if (::unlink(entry->path().c_str()) != 0 && errno != ENOENT)
          return system_error("remove", entry->path());
  if (error) return Error{Errc::internal, "cannot list '" + file.parent_path().string() + "'"};
  return sync_directory(file.parent_path());
}

Result<std::vector<Key>> LocalStore::list(const std::optional<Key>& after, std::size_t limit) {
  std::vector<Key> page;
  for (unsigned byte = after ? after->blob.front() : 0; byte < 256 && page.size() < limit; byte++) {
    auto keys = blobs_in(directory_ / folder_of(static_cast<std::uint8_t>(byte)));
    if (!keys) return keys.error();
    auto first = after ? std::upper_bound(keys->begin(), keys->end(), *after) : keys->begin();
    auto count = std::min(static_cast<std::size_t>(keys->end() - first), limit - page.size());
    page.insert(page.end(), first, first + static_cast<std::ptrdiff_t>(count));
  }
  return page;
}

Result<std::vector<Key>> LocalStore::unfinished() {
  constexpr std::size_t kMost = 1000;
  std::set<Key> keys;
  std::error_code error;
  for (unsigned byte = 0; byte < 256 && keys.size() < kMost; byte++) {
    auto folder = directory_ / folder_of(static_cast<std::uint8_t>(byte));
    for (fs::directory_iterator entry(folder, error), end; entry != end; entry.increment(error))
      if (auto key = temporary_of(entry->path().filename().string());
          key && key->blob.front() == byte)
        keys.insert(*key);
    if (error)
      return Error{Errc::internal, "cannot list '" + folder.string() + "': " + error.message()};
  }
  return std::vector<Key>(keys.begin(), keys.end());
}

std::optional<fs::path> LocalStore::path(const Key& key) const {
  return directory_ / folder_of(key.blob.front()) / key_text(key);
}

}  // namespace coffer
