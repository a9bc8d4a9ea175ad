// thumbnailer SIZE PAGE <picture >thumbnail
//
//   The picture in descriptor 0, or a page of a PDF, as a WebP that fits into SIZE by SIZE pixels.
//
//   exit 0  the thumbnail is written    1  it is no such picture, is broken or too large
//        2  it has no page PAGE         3  the system does not let us shut ourselves in
//
// The decoders that it calls are large, and what they read may be made to break them. So they run
// in here, for one picture: with 2 s of the processor and 256 MiB of memory, with the three
// descriptors and no environment, no new privileges, no way to the network, to other processes or
// to anything on the disk but fonts, which a PDF may lack. Nothing is read before that is so. Where
// the kernel has no Landlock no font can be opened either, and text in one that is not in the PDF
// is left out.
//
// Only the loaders in kLoaders can be reached, and pixels are looked at only when the header has
// told how many there are.

#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vips/vips.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <memory>

#include "base/text.h"

namespace {

enum Exit { kWritten, kRefused, kNoPage, kOpen };

constexpr std::uint64_t kMostPixels = 100'000'000;
constexpr rlim_t kMiB = 1024 * 1024;

constexpr const char* kLoaders[] = {
    "VipsForeignLoadJpegSource", "VipsForeignLoadPngSource",  "VipsForeignLoadNsgifSource",
    "VipsForeignLoadWebpSource", "VipsForeignLoadTiffSource", "VipsForeignLoadHeifSource",
    "VipsForeignLoadPdfSource",
};

constexpr const char* kFonts[] = {
    "/etc/fonts",         "/usr/share/fonts",     "/usr/share/fontconfig", "/usr/local/share/fonts",
    "/usr/share/poppler", "/var/cache/fontconfig"};

// What decoders need once they are loaded. Everything else fails as if it were not permitted.
constexpr int kCalls[] = {
    SCMP_SYS(read),          SCMP_SYS(pread64),
    SCMP_SYS(readv),         SCMP_SYS(write),
    SCMP_SYS(writev),        SCMP_SYS(lseek),
    SCMP_SYS(close),         SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),    SCMP_SYS(dup),
    SCMP_SYS(mmap),          SCMP_SYS(munmap),
    SCMP_SYS(mremap),        SCMP_SYS(mprotect),
    SCMP_SYS(madvise),       SCMP_SYS(brk),
    SCMP_SYS(futex),         SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),          SCMP_SYS(sched_yield),
    SCMP_SYS(rt_sigaction),  SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),  SCMP_SYS(sigaltstack),
    SCMP_SYS(getpid),        SCMP_SYS(gettid),
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_nanosleep),
    SCMP_SYS(getrandom),     SCMP_SYS(getdents64),
    SCMP_SYS(access),        SCMP_SYS(readlink),
    SCMP_SYS(fstatfs),       SCMP_SYS(sched_getaffinity),
    SCMP_SYS(exit),          SCMP_SYS(exit_group),
};

// What tells a file that is opened to be written from one that is only read.
constexpr int kWriting = O_ACCMODE | O_CREAT | O_TRUNC;

bool limit(decltype(RLIMIT_CPU) what, rlim_t most, rlim_t beyond) {
  rlimit both{most, beyond};
  return ::setrlimit(what, &both) == 0;
}

// The memory that counts is what is written to; the libraries' code is shared and large. Under
// AddressSanitizer there is no telling them apart.
bool set_limits() {
#ifdef __SANITIZE_ADDRESS__
  bool memory = true;
#else
  bool memory = limit(RLIMIT_DATA, 256 * kMiB, 256 * kMiB);
#endif
  return memory && limit(RLIMIT_CPU, 2, 3) && limit(RLIMIT_FSIZE, 2 * kMiB, 2 * kMiB) &&
         limit(RLIMIT_NOFILE, 32, 32) && limit(RLIMIT_CORE, 0, 0);
}

// Landlock (landlock(7)): of all that has a name, fonts alone can be opened, and only to be read.
bool leave_only_fonts() {
  landlock_ruleset_attr handled = {};
  handled.handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;
  int rules = int(::syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0));
  if (rules < 0) return false;
  for (const char* path : kFonts) {
    landlock_path_beneath_attr below = {};
    below.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
    below.parent_fd = ::open(path, O_PATH | O_CLOEXEC);
    if (below.parent_fd < 0) continue;
    ::syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &below, 0);
    ::close(below.parent_fd);
  }
  bool left = ::syscall(SYS_landlock_restrict_self, rules, 0) == 0;
  ::close(rules);
  return left;
}

// Threads are fine, processes are not. The library tries clone3 first, which hides its flags in
// memory, and takes clone if the kernel is too old to know it.
bool leave_only_calls(bool may_open) {
  auto filter = ::seccomp_init(SCMP_ACT_ERRNO(EPERM));
  if (!filter) return false;
  int failed = 0;
  for (int call : kCalls) failed |= ::seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
  failed |= ::seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
  failed |= ::seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
                               SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
  if (may_open)
    failed |= ::seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
                                 SCMP_A2(SCMP_CMP_MASKED_EQ, kWriting, O_RDONLY));
  failed |= ::seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
  return failed == 0 && ::seccomp_load(filter) == 0;
}

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};
template <class T>
using Owned = std::unique_ptr<T, Unref>;

// Where a photo was taken, and by whom, stays in the photo. The saver's own option for that
// leaves EXIF in.
Owned<VipsImage> without_metadata(VipsImage* image) {
  VipsImage* copied = nullptr;
  if (vips_copy(image, &copied, nullptr) != 0) return nullptr;
  char** names = vips_image_get_fields(copied);
  for (char** name = names; *name; name++) vips_image_remove(copied, *name);
  g_strfreev(names);
  return Owned<VipsImage>(copied);
}

int make_thumbnail(int size, int page) {
  Owned<VipsSource> source(vips_source_new_from_descriptor(STDIN_FILENO));
  if (!source) return kRefused;
  const char* loader = vips_foreign_find_load_source(source.get());
  if (!loader) return kRefused;

  Owned<VipsImage> header(vips_image_new_from_source(source.get(), "", nullptr));
  if (!header) return kRefused;
  auto width = static_cast<std::uint64_t>(vips_image_get_width(header.get()));
  auto height = static_cast<std::uint64_t>(vips_image_get_height(header.get()));
  bool pdf = g_str_has_prefix(loader, "VipsForeignLoadPdf");
  // The size of a PDF's page is in points, and is scaled to ours before there are pixels.
  if (!pdf && width * height > kMostPixels) return kRefused;
  if (page > (pdf ? vips_image_get_n_pages(header.get()) : 1)) return kNoPage;
  header.reset();

  auto options = pdf ? "[page=" + std::to_string(page - 1) + "]" : std::string();
  // In sRGB, so that the picture needs no profile to look right.
  VipsImage* made = nullptr;
  if (vips_thumbnail_source(source.get(), &made, size, "height", size, "size",
                            pdf ? VIPS_SIZE_BOTH : VIPS_SIZE_DOWN, "export_profile", "srgb",
                            "option_string", options.c_str(), nullptr) != 0)
    return kRefused;
  Owned<VipsImage> image(made);
  auto bare = without_metadata(image.get());
  Owned<VipsTarget> target(vips_target_new_to_descriptor(STDOUT_FILENO));
  bool written = bare && target &&
                 vips_webpsave_target(bare.get(), target.get(), "Q", 80, "effort", 2, nullptr) == 0;
  return written ? kWritten : kRefused;
}

}  // namespace

// The end is _exit(): what the libraries would tidy up goes with the process.
int main(int argc, char** argv) {
  auto size = coffer::parse_number(argc == 3 ? argv[1] : "").value_or(0);
  auto page = coffer::parse_number(argc == 3 ? argv[2] : "").value_or(0);
  if (size < 1 || size > 4096 || page < 1 || page > 100'000) return kRefused;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (!set_limits() || ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return kOpen;

  if (VIPS_INIT(argv[0]) != 0) return kOpen;
  g_log_set_default_handler([](const char*, GLogLevelFlags, const char*, void*) {}, nullptr);
  vips_concurrency_set(1);
  vips_cache_set_max(0);
  vips_operation_block_set("VipsForeignLoad", TRUE);
  for (const char* loader : kLoaders) vips_operation_block_set(loader, FALSE);

  if (!leave_only_calls(leave_only_fonts())) return kOpen;
  ::_exit(make_thumbnail(static_cast<int>(size), static_cast<int>(page)));
}
