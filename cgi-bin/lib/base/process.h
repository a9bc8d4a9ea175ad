// Processes: another program of ours, run for one job, that keeps nothing and outlives nobody.

#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace coffer {

struct Job {
  std::filesystem::path program;
  std::vector<std::string> arguments;
  int in = -1;                        // its descriptor 0
  int out = -1;                       // its descriptor 1; 2 is our own, and there is no other
  std::chrono::milliseconds limit{};  // after which it is killed
};

/// Runs it, with no environment, and waits until it has ended: its exit status, or 128 and the
/// number of the signal that ended it, which is SIGKILL if its time was up. Errc::internal if it
/// could not be started.
Result<int> run(const Job& job);

}  // namespace coffer
