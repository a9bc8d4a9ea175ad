#include "coffer/staging.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "unit/scratch.h"

namespace coffer {
namespace {

// A program that starts while the sweeper runs.
TEST(Staging, HasAFolderThoughASweeperTakesWhatNobodyHolds) {
  Scratch scratch;
  std::atomic<bool> done = false;
  std::thread sweeper([&] {
    while (!done) EXPECT_TRUE(sweep_staging(scratch.path()));
  });
  for (int i = 0; i < 100; i++) {
    auto name = Staging(scratch.path(), 0).name();
    EXPECT_TRUE(name) << name.error().message;
  }
  done = true;
  sweeper.join();
}

}  // namespace
}  // namespace coffer
