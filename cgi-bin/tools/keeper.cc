// keeper RUN_DIR PROGRAM...
//
// Owns the programs' listening sockets, so that a program can be replaced, or can die,
// without a request being refused: what arrives meanwhile waits in the socket's queue.
//
// For each PROGRAM it makes RUN_DIR/<its file name>.sock and runs it with that socket as
// descriptor 0, as FastCGI wants it.
//
// SIGHUP          replaces every program: the new one starts, and when it has lived for 200 ms
//                 the old one gets SIGTERM, upon which it finishes its requests and leaves.
//                 A new one that dies before is dropped and the old one stays.
// SIGTERM SIGINT  stops every program, kills what still runs after 30 s, removes the sockets.
//
// A program that ends by itself is started again after 0.1 s, then 0.2 s, and so on up to 1 s.
// If the keeper is killed its programs get SIGTERM. Every event is a line on stderr.
//
// The signals are blocked and taken by sigtimedwait(2), so there are no handlers, and nothing
// happens between events.

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"

using namespace coffer;
using namespace std::chrono_literals;
using std::filesystem::path;
using Clock = std::chrono::steady_clock;
using Time = Clock::time_point;

namespace {

constexpr auto trial = 200ms;
constexpr auto patience = 30s;
constexpr auto first_backoff = 100ms, last_backoff = 1000ms;
constexpr auto healthy_after = 5s;
constexpr Time never = Time::max();

enum class Role { serving, candidate, leaving };

struct Child {
  pid_t pid;
  Role role;
  Time born = Clock::now();
};

struct Program {
  path file;
  path address;
  Fd socket;
  ino_t inode;  // of the address: another keeper may have put its own socket there since
  std::vector<Child> children = {};
  std::chrono::milliseconds backoff = first_backoff;
  Time start_at = Clock::now();
};

void log(const Program& program, pid_t pid, const std::string& event) {
  std::fprintf(stderr, "keeper program=%s pid=%d event=%s\n", program.file.filename().c_str(), pid,
               event.c_str());
}

/// A listening socket at `address`, which appears there by a rename: a keeper that takes over
/// from another leaves no moment without one.
Result<Fd> listen_at(const path& address) {
  path draft = address.string() + "." + std::to_string(getpid());
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  if (draft.native().size() >= sizeof name.sun_path)
    return Error{Errc::invalid_argument,
                 "'" + draft.string() + "' is too long for a socket, choose a shorter directory"};
  std::memcpy(name.sun_path, draft.c_str(), draft.native().size());

  Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  mode_t before = umask(0177);
  bool bound = socket && bind(socket.get(), reinterpret_cast<sockaddr*>(&name), sizeof name) == 0;
  umask(before);
  if (!bound || listen(socket.get(), 4096) != 0 || rename(draft.c_str(), address.c_str()) != 0)
    return system_error("listen at", address);
  return socket;
}

ino_t inode_of(const path& name) {
  struct stat status = {};
  return lstat(name.c_str(), &status) == 0 ? status.st_ino : 0;
}

void start(Program& program, Role role, const sigset_t& mask) {
  pid_t keeper = getpid();
  pid_t pid = fork();
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != keeper) _exit(0);  // it died before the line above
    sigprocmask(SIG_SETMASK, &mask, nullptr);
    dup2(program.socket.get(), 0);
    execl(program.file.c_str(), program.file.c_str(), nullptr);
    log(program, getpid(), std::string("exec error=\"") + std::strerror(errno) + '"');
    _exit(127);
  }
  if (pid > 0) {
    program.start_at = never;
    program.children.push_back({pid, role});
    return log(program, pid, "start");
  }
  log(program, 0, std::string("fork error=\"") + std::strerror(errno) + '"');
  if (program.start_at != never) program.start_at = Clock::now() + last_backoff;
}

/// The candidate has proved itself: it serves, and those before it leave.
void promote(Program& program, Child& candidate) {
  for (Child& child : program.children) {
    if (&child == &candidate) break;
    if (child.role == Role::leaving) continue;
    child.role = Role::leaving;
    kill(child.pid, SIGTERM);
    log(program, candidate.pid, "replace old=" + std::to_string(child.pid));
  }
  candidate.role = Role::serving;
}

void bury(Program& program, const Child& dead, int status, bool stopping) {
  std::string event = WIFEXITED(status) ? "exit status=" + std::to_string(WEXITSTATUS(status))
                                        : "exit signal=" + std::to_string(WTERMSIG(status));
  if (stopping || dead.role == Role::leaving) return log(program, dead.pid, event);

  // When one of two dies during a trial, old or new, the other serves.
  for (Child& other : program.children) {
    if (other.role == Role::leaving) continue;
    other.role = Role::serving;
    return log(program, dead.pid, event + " kept=" + std::to_string(other.pid));
  }

  if (Clock::now() - dead.born > healthy_after) program.backoff = first_backoff;
  log(program, dead.pid, event + " restart_ms=" + std::to_string(program.backoff.count()));
  program.start_at = Clock::now() + program.backoff;
  program.backoff = std::min(program.backoff * 2, last_backoff);
}

void reap(std::vector<Program>& programs, bool stopping) {
  int status;
  for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
    for (Program& program : programs) {
      auto child = std::ranges::find(program.children, pid, &Child::pid);
      if (child == program.children.end()) continue;
      Child dead = *child;
      program.children.erase(child);
      bury(program, dead, status, stopping);
    }
}

/// Does what is due by now. Returns when something will be due next.
Time act(std::vector<Program>& programs, const sigset_t& mask) {
  Time next = never;
  for (Program& program : programs) {
    if (program.start_at <= Clock::now()) start(program, Role::serving, mask);
    for (Child& child : program.children) {
      if (child.role != Role::candidate) continue;
      if (child.born + trial <= Clock::now())
        promote(program, child);
      else
        next = std::min(next, child.born + trial);
    }
    next = std::min(next, program.start_at);
  }
  return next;
}

/// The next signal, or nothing at time `until`.
int wait_signal(const sigset_t& signals, Time until) {
  if (until == never) return sigwaitinfo(&signals, nullptr);
  auto left = std::max(Clock::duration::zero(), until - Clock::now());
  timespec time{left / 1s, static_cast<long>((left % 1s) / 1ns)};
  return sigtimedwait(&signals, nullptr, &time);
}

void send(const std::vector<Program>& programs, int signal) {
  for (const Program& program : programs)
    for (const Child& child : program.children) kill(child.pid, signal);
}

void stop(std::vector<Program>& programs, const sigset_t& signals) {
  Time deadline = Clock::now() + patience;
  send(programs, SIGTERM);
  auto gone = [](const Program& program) { return program.children.empty(); };
  for (reap(programs, true); !std::ranges::all_of(programs, gone); reap(programs, true)) {
    if (Clock::now() >= deadline) {
      send(programs, SIGKILL);
      deadline = never;
    }
    wait_signal(signals, deadline);
  }
  for (const Program& program : programs)
    if (inode_of(program.address) == program.inode) unlink(program.address.c_str());
}

Result<> keep(const path& directory, const std::vector<path>& files) {
  sigset_t signals, mask;
  sigemptyset(&signals);
  for (int signal : {SIGHUP, SIGTERM, SIGINT, SIGCHLD}) sigaddset(&signals, signal);
  sigprocmask(SIG_BLOCK, &signals, &mask);

  std::vector<Program> programs;
  for (const path& file : files) {
    if (access(file.c_str(), X_OK) != 0) return system_error("run", file);
    path address = directory / (file.filename().string() + ".sock");
    Result<Fd> socket = listen_at(address);
    if (!socket) return socket.error();
    programs.push_back({file, address, std::move(*socket), inode_of(address)});
  }

  for (;;) {
    int signal = wait_signal(signals, act(programs, mask));
    reap(programs, false);
    if (signal == SIGTERM || signal == SIGINT) break;
    if (signal == SIGHUP)
      for (Program& program : programs) start(program, Role::candidate, mask);
  }
  stop(programs, signals);
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: keeper RUN_DIR PROGRAM...\n");
    return 2;
  }
  std::error_code error;
  std::filesystem::create_directories(argv[1], error);
  chmod(argv[1], 0700);
  Result<> result = keep(argv[1], {argv + 2, argv + argc});
  if (result) return 0;
  std::fprintf(stderr, "keeper: %s\n", result.error().message.c_str());
  return 1;
}
