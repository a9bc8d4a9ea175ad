// watcher - sees to it that of two database servers one is the primary and the other follows
//
//   watcher          until SIGTERM, a look twice a second
//   watcher --once   one look, after which the primary takes changes; exit 1 if it does not
//
// Both servers start read-only. The one that the pair's file calls the primary is opened, the other
// is closed and, after a restart, follows. Where the replica is gone or has failed, the primary
// goes on alone; before it does, the file says that they are out of step (sql/pair.h). Once the
// replica has everything again, commits wait for it as before, and then the file says so too.
//
// While they are out of step, or the replica is late, a line event=alarm is written every 15 s.

#include <poll.h>
#include <sys/signalfd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <memory>
#include <optional>
#include <string>

#include "base/config.h"
#include "base/log.h"
#include "sql/pair.h"
#include "sql/replication.h"

namespace {

using namespace coffer;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kPause = 500ms;
constexpr auto kAlarmEvery = 15s;
constexpr std::chrono::seconds kAnswerLimit{2};

// A replica that was connected gets this long to come back to a primary that has restarted.
constexpr auto kReunion = 2500ms;

constexpr std::uint64_t kLate = 30;          // seconds
constexpr std::uint64_t kNearlyThere = 500;  // changes

// One of the two servers, and what it said when last looked at; nothing if it did not answer, and
// then why not.
class Node {
 public:
  Node(unsigned number, DatabaseAddress address) : number_(number), address_(std::move(address)) {}

  void look() {
    auto state = ask();
    state_.reset();
    silence_ = state ? "" : state.error().message;
    if (state)
      state_ = std::move(*state);
    else
      connection_.reset();
  }

  unsigned number() const { return number_; }
  const std::optional<NodeState>& state() const { return state_; }
  const std::string& silence() const { return silence_; }
  Connection& connection() { return *connection_; }

  /// Whether it may have restarted since the last time that this was asked.
  bool restarted() { return std::exchange(restarted_, false); }

 private:
  Result<NodeState> ask() {
    if (!connection_) {
      auto opened = Connection::open(address_, kAnswerLimit);
      if (!opened) return opened.error();
      connection_ = std::move(*opened);
      restarted_ = true;
    }
    return read_state(*connection_);
  }

  unsigned number_;
  DatabaseAddress address_;
  std::unique_ptr<Connection> connection_;
  std::optional<NodeState> state_;
  std::string silence_;
  bool restarted_ = false;
};

class Watcher {
 public:
  explicit Watcher(const Config& config)
      : directory_(config.store),
        nodes_{Node(1, admin_address(config, 1)), Node(2, admin_address(config, 2))} {}

  /// One look at both, and what follows from it.
  Result<> look();

  /// Whether the primary took changes after the last look.
  bool open() const { return open_; }

 private:
  Result<> set_in_step(bool in_step, std::string_view why);
  Result<> keep_primary(Node& primary, const Node& replica);
  Result<> keep_replica(Node& primary, Node& replica);
  Result<> get_in_step(Node& primary, Node& replica);
  void alarm(const Node& primary, const Node& replica);

  std::filesystem::path directory_;
  Node nodes_[2];
  Pair pair_;
  bool open_ = false;
  std::optional<Clock::time_point> closed_since_;
  Clock::time_point alarm_at_{};
};

// What is wrong with the replica, or "".
std::string trouble(const Node& replica, const std::optional<NodeState>& primary) {
  const auto& state = replica.state();
  if (!state) return "it does not answer: " + replica.silence();
  if (!state->follows) return "it follows nobody: coffer replica add, or rejoin";
  if (state->apply_failed) return state->complaint;
  if (state->io != "Yes")
    return state->complaint.empty() ? "it does not receive anything" : state->complaint;
  if (primary && primary->replicas == 0) return "the primary has no replica connected";
  return "";
}

Result<> Watcher::look() {
  auto lock = lock_pair(directory_);
  if (!lock) return lock.error();
  auto pair = read_pair(directory_);
  if (!pair) return pair.error();
  pair_ = *pair;
  Node &primary = nodes_[pair_.primary - 1], &replica = nodes_[pair_.replica() - 1];
  primary.look();
  replica.look();
  open_ = false;
  if (replica.state() && !replica.state()->read_only) {
    if (auto closed = set_read_only(replica.connection(), true); !closed) return closed;
    Log("watcher").add("event", "fenced").add("node", replica.number()).write();
  }
  if (primary.state()) {
    if (auto kept = keep_replica(primary, replica); !kept) return kept;
    if (auto kept = keep_primary(primary, replica); !kept) return kept;
  }
  alarm(primary, replica);
  return {};
}

Result<> Watcher::set_in_step(bool in_step, std::string_view why) {
  if (pair_.in_step == in_step) return {};
  pair_.in_step = in_step;
  if (auto written = write_pair(directory_, pair_); !written) return written;
  Log("watcher").add("event", in_step ? "in-step" : "out-of-step").add("why", why).write();
  return {};
}

// Starts a replica that has restarted, and takes "in step" back from one that is in trouble.
Result<> Watcher::keep_replica(Node& primary, Node& replica) {
  auto wrong = trouble(replica, primary.state());
  if (wrong.empty() && pair_.in_step && !primary.state()->semi_sync && !primary.state()->read_only)
    wrong = "the primary does not wait for the replica any more";
  // A replica that restarts throws away what it had not applied.
  bool restarted = replica.restarted() && replica.state() && !replica.state()->applies;
  bool reunion = primary.state()->read_only && !restarted && replica.state() &&
                 replica.state()->io == "Connecting" &&
                 Clock::now() - closed_since_.value_or(Clock::now()) < kReunion;
  if (!wrong.empty() && !reunion) {
    if (auto noted = set_in_step(false, wrong); !noted) return noted;
    if (auto off = set_semi_sync(primary.connection(), false); !off) return off;
  }
  if (restarted && replica.state()->follows) return start_following(replica.connection());
  if (wrong.empty() && !pair_.in_step) return get_in_step(primary, replica);
  return {};
}

// Commits wait for the replica from now on; when it has what came before, the two are in step.
Result<> Watcher::get_in_step(Node& primary, Node& replica) {
  auto behind = [&] {
    auto written = change_number(primary.state()->written);
    return written - std::min(written, change_number(replica.state()->received));
  };
  if (behind() > kNearlyThere) return {};
  if (auto on = set_semi_sync(primary.connection(), true); !on) return on;
  primary.look();
  bool waits = primary.state() && primary.state()->semi_sync;
  for (auto end = Clock::now() + 1s; waits; poll(nullptr, 0, 20)) {
    replica.look();
    if (!trouble(replica, {}).empty()) break;
    if (behind() == 0) return set_in_step(true, "it has everything");
    if (Clock::now() > end) break;
  }
  return primary.state() ? set_semi_sync(primary.connection(), false) : Result<>{};
}

// Opens the primary: after a restart it takes no changes until commits wait as the pair says.
Result<> Watcher::keep_primary(Node& primary, const Node& replica) {
  if (!primary.state()) return {};
  if (!primary.state()->read_only) {
    closed_since_.reset();
    open_ = true;
    return {};
  }
  if (!closed_since_) closed_since_ = Clock::now();
  bool connected = pair_.in_step && trouble(replica, primary.state()).empty();
  if (pair_.in_step && !connected) return {};  // their reunion: see keep_replica
  if (auto set = set_semi_sync(primary.connection(), pair_.in_step); !set) return set;
  if (auto opened = set_read_only(primary.connection(), false); !opened) return opened;
  closed_since_.reset();
  open_ = true;
  Log("watcher").add("event", "opened").add("node", primary.number()).write();
  return {};
}

void Watcher::alarm(const Node& primary, const Node& replica) {
  auto wrong = primary.state() ? trouble(replica, primary.state())
                               : "the primary does not answer: " + primary.silence();
  if (wrong.empty() && !pair_.in_step) wrong = "the replica is catching up";
  if (wrong.empty() && !replica.state()->applies) wrong = "the replica does not apply what it has";
  if (wrong.empty() && replica.state()->behind > kLate) wrong = "the replica is late";
  if (wrong.empty()) alarm_at_ = {};
  if (wrong.empty() || Clock::now() < alarm_at_) return;
  alarm_at_ = Clock::now() + kAlarmEvery;
  Log("watcher")
      .add("event", "alarm")
      .add("in_step", pair_.in_step ? "yes" : "no")
      .add("why", wrong)
      .write();
}

// Whether a signal to stop has come within `pause`.
bool stopped(int signals, std::chrono::milliseconds pause) {
  pollfd ready{signals, POLLIN, 0};
  return ::poll(&ready, 1, static_cast<int>(pause.count())) > 0;
}

Result<bool> watch(bool once) {
  auto config = read_config();
  if (!config) return config.error();
  if (!config->replica) return Error{Errc::internal, "there is no [replica] in the configuration"};
  sigset_t stop;
  sigemptyset(&stop);
  for (int signal : {SIGTERM, SIGINT}) sigaddset(&stop, signal);
  sigprocmask(SIG_BLOCK, &stop, nullptr);
  Fd signals(::signalfd(-1, &stop, SFD_CLOEXEC));
  Watcher watcher(*config);
  do {
    if (auto looked = watcher.look(); !looked) {
      if (once) return looked.error();
      Log("watcher").add("event", "failed").add("error", looked.error().message).write();
    }
  } while (!once && !stopped(signals.get(), kPause));
  return !once || watcher.open();
}

}  // namespace

int main(int argc, char** argv) {
  auto done = watch(argc > 1 && std::string_view(argv[1]) == "--once");
  if (!done) Log("watcher").add("event", "refused").add("error", done.error().message).write();
  return done && *done ? 0 : 1;
}
