#include "sql/pair.h"

#include <fcntl.h>
#include <sys/file.h>

#include <fstream>

namespace coffer {

Result<Pair> read_pair(const std::filesystem::path& directory) {
  std::ifstream file(directory / "pair");
  if (!file) {
    std::error_code error;
    if (!std::filesystem::exists(directory / "pair", error) && !error) return Pair{};
    return Error{Errc::unavailable, "cannot read '" + (directory / "pair").string() + "'"};
  }
  std::string primary, number, in_step, yes;
  file >> primary >> number >> in_step >> yes;
  bool known = primary == "primary" && (number == "1" || number == "2") && in_step == "in_step" &&
               (yes == "yes" || yes == "no");
  if (!known)
    return Error{Errc::unavailable, "'" + (directory / "pair").string() + "' makes no sense"};
  return Pair{.primary = number == "1" ? 1u : 2u, .in_step = yes == "yes"};
}

Result<> write_pair(const std::filesystem::path& directory, const Pair& pair) {
  auto path = directory / "pair", draft = directory / "pair.new";
  auto file = open_file(draft, O_WRONLY | O_CREAT | O_TRUNC);
  if (!file) return file.error();
  std::string text = "primary " + std::to_string(pair.primary) + "\nin_step " +
                     (pair.in_step ? "yes" : "no") + "\n";
  if (auto written = write_all(file->get(), text, draft); !written) return written;
  if (auto synced = sync_file(file->get(), draft); !synced) return synced;
  if (::rename(draft.c_str(), path.c_str()) != 0) return system_error("rename", draft);
  return sync_directory(directory);
}

Result<Fd> lock_pair(const std::filesystem::path& directory) {
  auto file = open_file(directory / "pair.lock", O_WRONLY | O_CREAT);
  if (!file) return file;
  if (::flock(file->get(), LOCK_EX) != 0) return system_error("lock", directory / "pair.lock");
  return file;
}

}  // namespace coffer
