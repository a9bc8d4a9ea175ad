// Crew: a few threads that do one piece of work after the other.
//
//   Crew crew(4);
//   for (...) crew.add([=] { ... });   // waits while all are busy
//   crew.finish();

#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace coffer {

class Crew {
 public:
  using Work = std::function<void()>;

  explicit Crew(unsigned threads);
  ~Crew();

  /// Hands `work` to the next thread that is free, and waits until there is one.
  void add(Work work);

  /// Waits until all work is done.
  void finish();

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable wanted_;  // there is work, or no more will come
  std::condition_variable taken_;   // or done
  std::optional<Work> next_;
  unsigned busy_ = 0;
  bool closed_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace coffer
