#include "blob/s3_keys.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>

#include "base/file.h"
#include "base/text.h"

namespace coffer {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostBytes = 4096;

// They go into headers: nothing that could begin another one.
bool is_key(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

AccessKeys keys_of_environment() {
  return {.access = variable("AWS_ACCESS_KEY_ID"),
          .secret = variable("AWS_SECRET_ACCESS_KEY"),
          .session_token = variable("AWS_SESSION_TOKEN")};
}

Result<AccessKeys> keys_of_file(const fs::path& path) {
  auto file = open_file(path, O_RDONLY);
  if (!file) return Error{Errc::internal, file.error().message};
  struct ::stat info;
  if (::fstat(file->get(), &info) != 0) return system_error("stat", path);
  if (info.st_mode & 077)
    return Error{Errc::internal,
                 "others may read the access keys in '" + path.string() + "': chmod 600 it"};
  auto text =
      read_all(*std::make_unique<FileSource>(std::move(*file), 0, UINT64_MAX, path), kMostBytes);
  if (!text) return Error{Errc::internal, text.error().message};
  std::erase(*text, '\r');
  auto lines = split(*text, '\n');
  return AccessKeys{.access = std::string(lines[0]),
                    .secret = std::string(lines.size() > 1 ? lines[1] : "")};
}

}  // namespace

Result<AccessKeys> read_access_keys(const fs::path& file) {
  auto keys = file.empty() ? keys_of_environment() : keys_of_file(file);
  if (!keys) return keys;
  if (!is_key(keys->access) || !is_key(keys->secret) ||
      !(keys->session_token.empty() || is_key(keys->session_token)))
    return Error{Errc::internal, "no access keys in '" +
                                     (file.empty() ? "AWS_ACCESS_KEY_ID" : file.string()) + "'"};
  return keys;
}

AccessKeys S3Keys::now() const {
  std::lock_guard lock(mutex_);
  return keys_;
}

// Another thread may have read the new ones already. A file that cannot be read just now is no
// reason to forget the old ones.
bool S3Keys::renewed_since(const AccessKeys& refused) {
  auto read = read_access_keys(file_);
  std::lock_guard lock(mutex_);
  if (read) keys_ = *read;
  return keys_ != refused;
}

}  // namespace coffer
