#include "base/crew.h"

#include <gtest/gtest.h>

#include <atomic>
#include <set>

namespace coffer {
namespace {

TEST(Crew, DoesAllWorkBeforeItIsFinished) {
  Crew crew(3);
  std::atomic<int> sum = 0;
  for (int i = 1; i <= 100; i++) crew.add([&sum, i] { sum += i; });
  crew.finish();
  EXPECT_EQ(sum, 5050);
  crew.add([&sum] { sum = 0; });
  crew.finish();
  EXPECT_EQ(sum, 0);
}

TEST(Crew, WorksInAsManyThreadsAsItHas) {
  std::mutex mutex;
  std::condition_variable all_here;
  std::set<std::thread::id> threads;
  Crew crew(3);
  for (int i = 0; i < 3; i++)
    crew.add([&] {
      std::unique_lock lock(mutex);
      threads.insert(std::this_thread::get_id());
      all_here.notify_all();
      EXPECT_TRUE(
          all_here.wait_for(lock, std::chrono::seconds(10), [&] { return threads.size() == 3; }));
    });
  crew.finish();
  EXPECT_EQ(threads.size(), 3u);
}

TEST(Crew, DoesWhatItHasTakenBeforeItGoes) {
  std::atomic<int> done = 0;
  {
    Crew crew(1);
    for (int i = 0; i < 5; i++) crew.add([&] { done++; });
  }
  EXPECT_EQ(done, 5);
}

}  // namespace
}  // namespace coffer
