// Progress: a line on a terminal that says how far something is, several times a second.
//
//   ceph  [##########----------]  52 %  2.6 GB of 5.0 GB  187.4 MB/s

#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace coffer {

/// The line without its rate: `done` of `total` bytes.
std::string progress_line(std::uint64_t done, std::uint64_t total);

/// While it lives, and standard error is a terminal, draws what `look` says.
class Progress {
 public:
  struct State {
    std::uint64_t done = 0;
    std::uint64_t total = 0;
  };
  explicit Progress(std::function<State()> look);
  ~Progress();

  /// Whether there is a terminal.
  bool shown() const { return thread_.joinable(); }

 private:
  void draw_all();

  std::function<State()> look_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool done_ = false;
  std::thread thread_;
};

}  // namespace coffer
