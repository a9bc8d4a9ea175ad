// StopSignals: SIGTERM and SIGINT as a flag, for workers that stop between two steps.

#pragma once

#include <atomic>
#include <thread>

namespace coffer {

/// Sets `stop` once such a signal has come. Made before any other thread, all of which then leave
/// the signals to it. A reader that is gone ends nobody either (SIGPIPE).
class StopSignals {
 public:
  explicit StopSignals(std::atomic<bool>& stop);
  ~StopSignals();

 private:
  std::thread thread_;
};

}  // namespace coffer
