#include "base/sync.h"

#include "unit/scratch.h"

namespace coffer {
namespace {

TEST(SyncPoint, SyncsFilesAndFolders) {
  Scratch scratch;
  auto point = SyncPoint::open(scratch.path());
  ASSERT_TRUE(point) << point.error().message;
  auto file = scratch.file("a", "bytes");
  for (int i = 0; i < 2; i++) {
    auto synced = point->sync({file, scratch.path()});
    EXPECT_TRUE(synced) << synced.error().message;
  }
}

// A disk in memory is none of those of which syncfs() is enough.
TEST(SyncPoint, SyncsEachByItselfWhereTheDiskIsNotKnown) {
  auto point = SyncPoint::open("/dev/shm");
  ASSERT_TRUE(point) << point.error().message;
  EXPECT_TRUE(point->sync({"/dev/shm"}));
  auto absent = point->sync({"/dev/shm", "/dev/shm/no such file"});
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().code, Errc::not_found);
}

TEST(SyncPoint, NeedsAFolderThatIsThere) {
  Scratch scratch;
  auto point = SyncPoint::open(scratch.path() / "absent");
  ASSERT_FALSE(point);
  EXPECT_EQ(point.error().code, Errc::not_found);
}

}  // namespace
}  // namespace coffer
