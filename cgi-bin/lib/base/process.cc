#include "base/process.h"

#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "base/file.h"

namespace coffer {
namespace {

// What is inherited, and the signals: those that we have blocked or ignore are as usual for it.
class Inheritance {
 public:
  Inheritance(int in, int out) {
    ::posix_spawn_file_actions_init(&files_);
    ::posix_spawn_file_actions_adddup2(&files_, in, 0);
    ::posix_spawn_file_actions_adddup2(&files_, out, 1);
    ::posix_spawn_file_actions_addclosefrom_np(&files_, 3);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~Inheritance() {
    ::posix_spawn_file_actions_destroy(&files_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  Inheritance(const Inheritance&) = delete;
  Inheritance& operator=(const Inheritance&) = delete;

  const posix_spawn_file_actions_t* files() const { return &files_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t files_;
  posix_spawnattr_t attributes_;
};

Result<pid_t> start(const Job& job) {
  std::string name = job.program.string();
  std::vector<std::string> arguments = job.arguments;
  std::vector<char*> argv{name.data()};
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  char* environment[] = {nullptr};
  Inheritance inheritance(job.in, job.out);
  pid_t pid = 0;
  errno = ::posix_spawn(&pid, name.c_str(), inheritance.files(), inheritance.attributes(),
                        argv.data(), environment);
  if (errno != 0) return Error{Errc::internal, system_error("run", job.program).message};
  return pid;
}

/// Whether the process has ended by `end`.
bool ends_by(int process, std::chrono::steady_clock::time_point end) {
  for (;;) {
    auto left =
        std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    pollfd ended{process, POLLIN, 0};
    int n = ::poll(&ended, 1, left.count() > 0 ? static_cast<int>(left.count()) : 0);
    if (n >= 0 || errno != EINTR) return n > 0;
  }
}

}  // namespace

Result<int> run(const Job& job) {
  auto end = std::chrono::steady_clock::now() + job.limit;
  auto pid = start(job);
  if (!pid) return pid.error();
  Fd process(static_cast<int>(::syscall(SYS_pidfd_open, *pid, 0)));
  bool in_time = process && ends_by(process.get(), end);
  if (!in_time) ::kill(*pid, SIGKILL);
  int status = 0;
  while (::waitpid(*pid, &status, 0) < 0 && errno == EINTR) continue;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace coffer
