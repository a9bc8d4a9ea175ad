// coffer mover - what the mover has done, and what there is to do
//
//   coffer mover status           for each store: copies, what waits, what is under way, what fails
//   coffer mover status --watch   the same, and then a bar until nothing waits any more
//   coffer mover retry            what has failed may be tried again at once
//
// Exit 0 if nothing fails and no copy is damaged, 1 otherwise, 2 if it could not look.

#include <CLI/CLI.hpp>
#include <iomanip>
#include <iostream>

#include "base/progress.h"
#include "base/text.h"
#include "meta/transfer.h"

namespace {

using namespace coffer;

constexpr auto kPause = std::chrono::seconds(1);

Result<std::vector<TransferState>> look(Connection& db, const Config& config) {
  std::vector<TransferState> states;
  for (const auto& name : config.tier.stores) {
    auto state = transfer_state(db, name, config.tier);
    if (!state) return state.error();
    states.push_back(std::move(*state));
  }
  return states;
}

std::string amount(std::uint64_t count, std::uint64_t bytes) {
  return std::to_string(count) + ", " + human_size(bytes);
}

bool say(const std::string& store, const TransferState& state) {
  std::cout << store << "\n"
            << "  copies     " << amount(state.copies, state.bytes) << "\n"
            << "  waiting    " << amount(state.waiting, state.waiting_bytes) << "\n"
            << "  under way  " << amount(state.underway, state.sent) << " sent\n"
            << "  failing    " << state.failing
            << (state.error.empty() ? "" : ", one of them: " + state.error) << "\n"
            << "  damaged    " << state.damaged << "\n"
            << "  to remove  " << state.remnants << "\n";
  return state.failing == 0 && state.damaged == 0;
}

// What has been copied since the beginning, of all that waited then.
Result<> watch(Connection& db, const Config& config, std::uint64_t total) {
  std::mutex mutex;
  Progress::State progress{.done = 0, .total = total};
  Progress bar([&] {
    std::scoped_lock lock(mutex);
    return progress;
  });
  for (;;) {
    auto states = look(db, config);
    if (!states) return states.error();
    std::uint64_t waiting = 0, sent = 0;
    for (const auto& state : *states) {
      waiting += state.waiting_bytes;
      sent += state.sent;
    }
    {
      std::scoped_lock lock(mutex);
      progress.done = total - std::min(total, waiting) + sent;
    }
    if (waiting == 0) return {};
    std::this_thread::sleep_for(kPause);
  }
}

Result<bool> status(Connection& db, const Config& config, bool watching) {
  auto states = look(db, config);
  if (!states) return states.error();
  auto local = transfer_state(db, kLocal, {});
  if (!local) return local.error();
  bool well = local->damaged == 0;
  std::cout << "local\n  copies     " << amount(local->copies, local->bytes) << "\n  damaged    "
            << local->damaged << "\n";
  std::uint64_t waiting = 0;
  for (std::size_t i = 0; i < states->size(); i++) {
    well &= say(config.tier.stores[i], (*states)[i]);
    waiting += (*states)[i].waiting_bytes;
  }
  if (watching)
    if (auto watched = watch(db, config, waiting); !watched) return watched.error();
  return well;
}

}  // namespace

int main(int argc, char** argv) {
  bool watching = false;
  CLI::App command{"What the mover has done, and what there is to do", "coffer mover"};
  command.require_subcommand(1);
  auto* show = command.add_subcommand("status", "what is where, and what waits, fails or is wrong");
  show->add_flag("--watch", watching, "and a bar until nothing waits");
  command.add_subcommand("retry", "what has failed may be tried again at once");
  CLI11_PARSE(command, argc, argv);
  auto act = [&]() -> Result<bool> {
    auto config = read_config();
    if (!config) return config.error();
    auto primary = primary_of(*config);
    if (!primary) return primary.error();
    auto db = Connection::open(*primary, kTableLimit);
    if (!db) return db.error();
    if (show->parsed()) return status(**db, *config, watching);
    auto ended = end_pauses(**db);
    if (!ended) return ended.error();
    std::cout << "coffer mover: " << *ended << " may be tried again\n";
    return true;
  };
  auto done = act();
  if (!done) std::cerr << "coffer mover: " << done.error().message << "\n";
  return !done ? 2 : *done ? 0 : 1;
}
