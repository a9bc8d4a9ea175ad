#include "coffer/preview.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <csignal>

#include "base/file.h"
#include "base/media_type.h"
#include "base/process.h"
#include "base/text.h"
#include "digest/token.h"

namespace coffer {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto kPatience = 5s;            // for a turn
constexpr auto kLimit = 5s;               // the thumbnailer has 2 s of the processor
constexpr auto kOld = 30 * 24h;           // made again where somebody still looks
constexpr std::uint64_t kMost = 2 << 20;  // its largest file

// How the thumbnailer ends.
constexpr int kWritten = 0, kNoPage = 2, kOpen = 3;

Error no_preview() {
  return {Errc::unsupported,
          "there is no preview of this file: it is damaged, or too much to draw"};
}

// A folder that a sweeper has taken away in between is there again for the next who looks.
Error swept(const Error& error) {
  return error.code == Errc::not_found ? Error{Errc::unavailable, error.message} : error;
}

// The thumbnailer is built beside the programs.
Result<fs::path> thumbnailer() {
  std::error_code error;
  auto program = fs::read_symlink("/proc/self/exe", error);
  if (error) return Error{Errc::internal, "cannot find this program: " + error.message()};
  return program.parent_path() / "workers" / "thumbnailer";
}

Result<fs::path> shown(const fs::path& file) {
  struct stat info;
  if (::lstat(file.c_str(), &info) != 0) return system_error("find", file);
  if (info.st_size == 0) return no_preview();
  return file;
}

// A turn at the processor; whoever has none after a while is told to come back.
class Turn {
 public:
  explicit Turn(std::counting_semaphore<2>& turns)
      : turns_(turns), taken_(turns.try_acquire_for(kPatience)) {}
  ~Turn() {
    if (taken_) turns_.release();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  explicit operator bool() const { return taken_; }

 private:
  std::counting_semaphore<2>& turns_;
  bool taken_;
};

// A name to write under. Whatever has it at the end of the scope goes.
struct Draft {
  explicit Draft(const fs::path& folder) : path(folder / ("." + random_token())) {}
  ~Draft() { ::unlink(path.c_str()); }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  fs::path path;
};

bool is_old(const fs::path& file) {
  struct stat info;
  if (::lstat(file.c_str(), &info) != 0) return false;
  auto made = std::chrono::system_clock::from_time_t(info.st_mtim.tv_sec);
  return std::chrono::system_clock::now() - made > kOld;
}

}  // namespace

fs::path Previews::folder_of(const Sha256& blob) const {
  auto name = hex(blob);
  return directory_ / name.substr(0, 2) / name;
}

Result<fs::path> Previews::find(const Pictured& pictured, PreviewSize size, std::uint64_t page) {
  auto file = folder_of(pictured.blob) / (std::string(size.name) + "-" + std::to_string(page));
  auto there = shown(file);
  if (there || there.error().code != Errc::not_found) return there;
  Turn turn(turns_);
  if (!turn) return Error{Errc::unavailable, "too many previews are being made"};
  // Who had the turn before may have made this one.
  there = shown(file);
  if (there || there.error().code != Errc::not_found) return there;
  if (auto made = make(pictured, size, page, file); !made) return made.error();
  return shown(file);
}

Result<> Previews::make(const Pictured& pictured, PreviewSize size, std::uint64_t page,
                        const fs::path& file) {
  auto room = staging_.room();
  if (!room) return room.error();
  if (*room < kMost) return Error{Errc::no_space, "no room for a preview"};
  auto program = thumbnailer();
  if (!program) return program.error();
  auto bytes = pictured.open();
  if (!bytes) return bytes.error();
  std::error_code error;
  fs::create_directories(file.parent_path(), error);
  Draft draft(file.parent_path());
  auto out = open_file(draft.path, O_WRONLY | O_CREAT | O_EXCL);
  if (!out) return swept(out.error());

  auto status = run({.program = *program,
                     .arguments = {std::to_string(size.pixels), std::to_string(page)},
                     .in = bytes->get(),
                     .out = out->get(),
                     .limit = kLimit});
  if (!status) return status.error();
  if (*status == kOpen) return Error{Errc::internal, "the thumbnailer cannot shut itself in"};
  if (*status == kNoPage)
    return Error{Errc::not_found, "this file has no page {}", {std::to_string(page)}};
  // Killed by us, or because the machine is short of memory: it may do on a quieter day.
  if (*status == 128 + SIGKILL) return Error{Errc::unavailable, "the thumbnailer was killed"};
  if (*status != kWritten && ::ftruncate(out->get(), 0) != 0)
    return system_error("cut", draft.path);

  // Synced before it has its name, or after a power cut it might be empty and so say something.
  if (auto synced = sync_file(out->get(), draft.path); !synced) return synced;
  if (::rename(draft.path.c_str(), file.c_str()) != 0)
    return swept(system_error("rename", draft.path));
  // The sweeper removes a blob's bytes first and its previews then: if it came in between, they
  // were not all there yet.
  auto still = pictured.is_there();
  if (still && !*still) {
    if (auto removed = remove(pictured.blob); !removed) return removed;
    return Error{Errc::not_found, "no such file or folder in your cloud"};
  }
  return {};
}

Result<> Previews::remove(const Sha256& blob) {
  std::error_code error;
  auto folder = folder_of(blob);
  fs::remove_all(folder, error);
  if (error) return Error{Errc::internal, "cannot remove '" + folder.string() + "'"};
  return {};
}

Result<> Previews::sweep(const std::function<Result<bool>(const Sha256&)>& is_there) {
  std::error_code error, ignored;
  if (!fs::exists(directory_, ignored)) return {};
  for (const auto& shelf : fs::directory_iterator(directory_, error))
    for (const auto& folder : fs::directory_iterator(shelf.path(), error)) {
      auto bytes = unhex(folder.path().filename().string());
      Sha256 blob;
      bool named = bytes && bytes->size() == blob.size();
      if (named) std::copy(bytes->begin(), bytes->end(), blob.begin());
      auto there = named ? is_there(blob) : Result<bool>(false);
      if (!there) return there.error();
      if (!*there) fs::remove_all(folder.path(), error);
      if (!*there) continue;
      for (const auto& file : fs::directory_iterator(folder.path(), ignored))
        if (is_old(file.path())) fs::remove(file.path(), ignored);
      fs::remove(folder.path(), ignored);  // if nothing is left in it
    }
  if (error) return Error{Errc::internal, "cannot sweep the previews: " + error.message()};
  return {};
}

}  // namespace coffer
