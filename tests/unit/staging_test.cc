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

// Of many small files: it is all there, and said to be in need of a sync.
TEST(Staging, WhatIsNotSyncedSaysSoWhereverItGoes) {
  Scratch scratch;
  Staging staging(scratch.path(), 0);
  StringSource one("bytes"), other("bytes");
  auto synced = staging.receive(one, 5);
  auto unsynced = staging.receive_unsynced(other, 5);
  ASSERT_TRUE(synced && unsynced);
  EXPECT_TRUE(synced->synced);
  EXPECT_EQ(synced->digests, unsynced->digests);
  EXPECT_EQ(contents(unsynced->path()), "bytes");
  Staged moved(std::move(*unsynced)), assigned;
  EXPECT_FALSE(moved.synced);
  assigned = std::move(moved);
  EXPECT_FALSE(assigned.synced);
}

}  // namespace
}  // namespace coffer
