// coffer replica - a second database server that follows the first, and takes its place
//
//   coffer replica status       both servers; exit 1 unless all is well
//   coffer replica add          makes node 2 a replica of node 1; an empty server gets all its data
//   coffer replica promote N    makes node N the primary. Nothing that was acknowledged is lost: if
//                               that is not certain it is refused, unless --lose-tail says so
//   coffer replica rejoin N     makes node N, which has been the primary, a replica. Changes of its
//                               own that nobody else has are written to a file and discarded
//
// Node 1 is [database] in coffer.conf and node 2 [replica], where `admin` is the account that does
// this. Each verb may be run again: what is done already stays done. Exit 1 with the reason.

#include <fcntl.h>
#include <poll.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <functional>
#include <iostream>
#include <utility>

#include "base/process.h"
#include "sql/database.h"
#include "sql/replication.h"

namespace {

using namespace coffer;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kPatience{60};
constexpr auto kCopyLimit = std::chrono::hours(12);

void say(const std::string& line) { std::cout << line << std::endl; }

struct Options {
  unsigned node = 2;
  bool lose_tail = false;
};

// The two servers, held so that nobody else changes which is which, nor looks after them.
class Servers {
 public:
  static Result<Servers> open() {
    auto config = read_config();
    if (!config) return config.error();
    if (!config->replica)
      return Error{Errc::invalid_argument, "there is no [replica] in the configuration"};
    auto lock = lock_pair(config->store);
    if (!lock) return lock.error();
    auto pair = read_pair(config->store);
    if (!pair) return pair.error();
    return Servers(std::move(*config), std::move(*lock), *pair);
  }

  const Config& config() const { return config_; }
  const Pair& pair() const { return pair_; }

  Result<std::unique_ptr<Connection>> connect(unsigned node) const {
    auto connection = Connection::open(admin_address(config_, node), kPatience);
    if (!connection)
      return Error{connection.error().code,
                   "node " + std::to_string(node) + ": " + connection.error().message};
    return connection;
  }

  const DatabaseAddress& address(unsigned node) const {
    return node == 1 ? config_.database : *config_.replica;
  }

  // Lets the watcher go on while something takes long that it cannot disturb.
  Result<> meanwhile(const std::function<Result<>()>& act) {
    lock_.close();
    auto acted = act();
    auto lock = lock_pair(config_.store);
    if (!lock) return lock.error();
    lock_ = std::move(*lock);
    auto pair = read_pair(config_.store);
    if (!pair) return pair.error();
    if (std::exchange(pair_, *pair).primary != pair->primary)
      return Error{Errc::conflict, "meanwhile the other node was made the primary"};
    return acted;
  }

  Result<> agree(const Pair& pair) {
    pair_ = pair;
    return write_pair(config_.store, pair);
  }

 private:
  Servers(Config config, Fd lock, const Pair& pair)
      : config_(std::move(config)), lock_(std::move(lock)), pair_(pair) {}

  Config config_;
  Fd lock_;
  Pair pair_;
};

Result<bool> status(Servers& servers, const Options&) {
  bool well = servers.pair().in_step;
  say(std::string("in step: ") + (well ? "yes" : "no"));
  std::uint64_t written = 0;
  for (unsigned node : {servers.pair().primary, servers.pair().replica()}) {
    bool primary = node == servers.pair().primary;
    std::string line = "node " + std::to_string(node) + (primary ? " primary: " : " replica: ");
    auto connection = servers.connect(node);
    auto state = connection ? read_state(**connection) : connection.error();
    if (!state) {
      say(line + state.error().message);
      well = false;
      continue;
    }
    line +=
        std::string(state->read_only ? "read-only" : "takes changes") + ", at " + state->written;
    if (primary) {
      written = change_number(state->written);
      well = well && !state->read_only && state->semi_sync;
      line += state->semi_sync ? ", commits wait for the replica" : ", commits do not wait";
    } else {
      auto late = [&](const std::string& gtid) {
        return std::to_string(written - std::min(written, change_number(gtid)));
      };
      well = well && state->read_only && state->applies && state->io == "Yes";
      line += ", receives: " + (state->io.empty() ? "no" : state->io) +
              ", applies: " + (state->applies ? "Yes" : "No") + ", lacks " + late(state->received) +
              " changes and has " + late(state->applied) + " to apply, " +
              std::to_string(state->behind) + " s late";
    }
    say(line + (state->complaint.empty() ? "" : ": " + state->complaint));
  }
  return well;
}

std::string option_value(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

// An option file for MariaDB's own clients, which only we can read.
Result<> write_options(const std::filesystem::path& path, const DatabaseAddress& address) {
  auto file = open_file(path, O_WRONLY | O_CREAT | O_TRUNC);
  if (!file) return file.error();
  std::string text = "[client]\nuser=" + address.user + "\n";
  if (!address.password.empty()) text += "password=" + option_value(address.password) + "\n";
  if (!address.socket.empty())
    text += "socket=" + address.socket + "\n";
  else
    text += "host=" + address.host + "\nport=" + std::to_string(address.port) +
            "\nssl-ca=" + address.tls_ca + "\nssl-verify-server-cert\n";
  return write_all(file->get(), text, path);
}

// Option files for both servers, gone at the end.
class OptionFiles {
 public:
  explicit OptionFiles(const Servers& servers)
      : directory_(servers.config().store / "replica.tmp"), servers_(servers) {}
  ~OptionFiles() {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  Result<> write() {
    std::error_code error;
    std::filesystem::create_directory(directory_, error);
    if (error) return Error{Errc::internal, "cannot make '" + directory_.string() + "'"};
    for (unsigned node : {1u, 2u})
      if (auto written = write_options(of(node), admin_address(servers_.config(), node)); !written)
        return written;
    return {};
  }
  std::string of(unsigned node) const { return directory_ / ("node" + std::to_string(node)); }

 private:
  std::filesystem::path directory_;
  const Servers& servers_;
};

Result<> copy_all(Servers& servers, Connection& to, unsigned node) {
  say("copying everything from node " + std::to_string(servers.pair().primary) + " to node " +
      std::to_string(node));
  OptionFiles files(servers);
  if (auto written = files.write(); !written) return written;
  if (auto emptied = empty_node(to, servers.config().database.name); !emptied) return emptied;
  auto program = servers.config().root / "cgi-bin/tools/copy-database";
  return servers.meanwhile([&]() -> Result<> {
    auto copied = run({.program = std::filesystem::absolute(program),
                       .arguments = {files.of(3 - node), files.of(node)},
                       .in = 0,
                       .out = 1,
                       .limit = kCopyLimit});
    if (!copied) return copied.error();
    if (*copied != 0) return Error{Errc::internal, "the copy failed; what it said is above"};
    return {};
  });
}

// From here on `node` follows the primary, or the reason why it does not.
Result<> attach(Servers& servers, Connection& primary, Connection& to, unsigned node) {
  if (auto closed = set_read_only(to, true); !closed) return closed;
  // It was a primary, perhaps, and must not wait for a replica of its own.
  if (auto off = set_semi_sync(to, false); !off) return off;
  auto made = make_replication_account(primary, servers.config().replication);
  if (!made) return made;
  auto followed = follow(to, servers.address(servers.pair().primary), servers.config().replication);
  if (!followed) return followed;
  std::string complaint = "it does not receive anything";
  for (auto end = Clock::now() + 10s; Clock::now() < end; ::poll(nullptr, 0, 50)) {
    auto state = read_state(to);
    if (!state) return state.error();
    if (state->io == "Yes" && state->applies) {
      say("node " + std::to_string(node) + " follows node " +
          std::to_string(servers.pair().primary));
      return {};
    }
    if (!state->complaint.empty()) complaint = state->complaint;
  }
  return Error{Errc::unavailable,
               "node " + std::to_string(node) + " does not follow: " + complaint};
}

// The changes up to `written` that only this server has, from number `first` on, to a file.
Result<> write_tail(Servers& servers, Connection& from, const NodeState& state, unsigned node,
                    std::uint64_t first) {
  auto log = oldest_log(from);
  if (!log) return log.error();
  auto path = servers.config().store /
              ("discarded-node" + std::to_string(node) + "-" + std::to_string(first) + ".sql");
  auto out = open_file(path, O_WRONLY | O_CREAT | O_TRUNC);
  if (!out) return out.error();
  OptionFiles files(servers);
  if (auto written = files.write(); !written) return written;
  auto read_from = [&](const std::string& place) {
    return run({.program = "/usr/bin/mariadb-binlog",
                .arguments = {"--defaults-file=" + files.of(node), "--read-from-remote-server",
                              "--to-last-log", "--verbose", "--base64-output=decode-rows",
                              "--start-position=" + place, *log},
                .in = 0,
                .out = out->get(),
                .limit = kCopyLimit});
  };
  auto read = read_from("0-" + std::to_string(state.server_id) + "-" + std::to_string(first - 1));
  // It is the very first in this node's log: then all of that.
  if (read && *read != 0) read = read_from("4");
  if (!read) return read.error();
  if (*read != 0) return Error{Errc::internal, "cannot read the binary log of that node"};
  if (auto synced = sync_file(out->get(), path); !synced) return synced;
  say("changes " + std::to_string(first) + " to " + std::to_string(change_number(state.written)) +
      " of node " + std::to_string(node) + " are nowhere else; they are in " + path.string() +
      ", and discarded");
  return {};
}

// Makes `node` a replica: with the data it has, if all of it is the primary's too, or anew.
Result<bool> join(Servers& servers, unsigned node) {
  auto primary = servers.connect(servers.pair().primary);
  if (!primary) return primary.error();
  auto joining = servers.connect(node);
  if (!joining) return joining.error();
  // In this order: a replica that follows has nothing then that the primary had not before.
  auto own = read_state(**joining);
  if (!own) return own.error();
  auto theirs = read_state(**primary);
  if (!theirs) return theirs.error();
  if (theirs->server_id == own->server_id)
    return Error{Errc::invalid_argument, "both servers have the same server_id, or are the same"};
  // It is about to be stopped, and until the watcher has seen it follow it is out of step.
  if (auto out = servers.agree({.primary = servers.pair().primary, .in_step = false}); !out)
    return out.error();
  if (auto off = set_semi_sync(**primary, false); !off) return off.error();
  auto first = first_missing(own->written, theirs->history);
  bool is_new = own->history == ",";
  if (!is_new && first > 0)
    if (auto kept = write_tail(servers, **joining, *own, node, first); !kept) return kept.error();
  if (is_new || first > 0)
    if (auto copied = copy_all(servers, **joining, node); !copied) return copied.error();
  auto attached = attach(servers, **primary, **joining, node);
  if (!attached) return attached.error();
  return true;
}

Result<bool> add(Servers& servers, const Options&) {
  return join(servers, servers.pair().replica());
}

Result<bool> rejoin(Servers& servers, const Options& options) {
  if (options.node == servers.pair().primary)
    return Error{Errc::invalid_argument, "node " + std::to_string(options.node) +
                                             " is the primary: promote the other first"};
  return join(servers, options.node);
}

// The old primary takes no change any more, if it lives; returns the last that it took.
Result<std::string> close_primary(Servers& servers, const NodeState& replica) {
  auto old = servers.connect(servers.pair().primary);
  if (!old) return old.error();
  if (replica.io != "Yes") return Error{Errc::conflict, "the replica receives nothing from it"};
  if (auto closed = set_read_only(**old, true); !closed) return closed.error();
  auto state = read_state(**old);
  if (!state) return state.error();
  return state->written;
}

// Waits until the replica has applied `last`, or if that is not known, all that has arrived.
Result<> finish_applying(Connection& replica, const std::string& last) {
  if (auto started = start_applying(replica); !started) return started;
  auto number = change_number(last);
  for (auto end = Clock::now() + kPatience; Clock::now() < end; ::poll(nullptr, 0, 10)) {
    auto state = read_state(replica);
    if (!state) return state.error();
    if (state->apply_failed)
      return Error{Errc::unavailable, "the replica cannot apply a change: " + state->complaint};
    auto applied = change_number(state->applied);
    if (applied >= change_number(state->received) && applied >= number) return {};
  }
  return Error{Errc::unavailable, "the replica is still applying; try again"};
}

Result<bool> promote(Servers& servers, const Options& options) {
  auto began = Clock::now();
  auto node = std::to_string(options.node);
  if (options.node == servers.pair().primary) {
    say("node " + node + " is the primary");
    return true;
  }
  auto next = servers.connect(options.node);
  if (!next) return next.error();
  auto state = read_state(**next);
  if (!state) return state.error();
  auto last = close_primary(servers, *state);
  // What makes sure that the replica has everything: the old primary says what that is, or it is
  // known to have arrived, and has not been thrown away by a restart since.
  bool received = servers.pair().in_step && (state->applies || state->io != "No");
  if (!options.lose_tail) {
    if (!state->follows || (!last && !received))
      return Error{Errc::unavailable, "node " + node +
                                          " may lack changes that were acknowledged: let it follow "
                                          "the old primary first, or say --lose-tail"};
    if (auto applied = finish_applying(**next, last ? *last : ""); !applied) return applied.error();
  }
  // Nobody writes to the old primary any more, whatever it believes, once they have all looked.
  if (auto agreed = servers.agree({.primary = options.node, .in_step = false}); !agreed)
    return agreed.error();
  ::poll(nullptr, 0, kPairGood.count() + 20);
  if (auto alone = stop_following(**next); !alone) return alone.error();
  if (auto off = set_semi_sync(**next, false); !off) return off.error();
  if (auto opened = set_read_only(**next, false); !opened) return opened.error();
  auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began);
  say("node " + node + " is the primary, after " + std::to_string(took.count()) +
      " ms; next: coffer replica rejoin " + std::to_string(servers.pair().replica()));
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  Result<bool> (*chosen)(Servers&, const Options&) = nullptr;
  CLI::App command{"A second database server, and the change of places", "coffer replica"};
  command.require_subcommand(1);
  auto verb = [&](const char* name, const char* what, auto act) {
    auto sub = command.add_subcommand(name, what);
    sub->callback([&chosen, act] { chosen = act; });
    return sub;
  };
  verb("status", "both servers; exit 1 unless all is well", status);
  verb("add", "make node 2 a replica of node 1", add);
  auto promoting = verb("promote", "make a node the primary", promote);
  promoting->add_option("node", options.node, "1 or 2")->required()->check(CLI::Range(1, 2));
  promoting->add_flag("--lose-tail", options.lose_tail, "even if acknowledged changes may be lost");
  auto rejoining = verb("rejoin", "make a node that was the primary a replica", rejoin);
  rejoining->add_option("node", options.node, "1 or 2")->required()->check(CLI::Range(1, 2));
  CLI11_PARSE(command, argc, argv);
  auto servers = Servers::open();
  auto done = servers ? chosen(*servers, options) : servers.error();
  if (done) return *done ? 0 : 1;
  std::cerr << "coffer replica: " << done.error().message << "\n";
  return 1;
}
