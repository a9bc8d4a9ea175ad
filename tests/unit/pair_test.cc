#include "sql/pair.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>

#include <fstream>

#include "sql/replication.h"
#include "unit/scratch.h"

namespace coffer {
namespace {

TEST(Pair, IsNodeOneOutOfStepWhereThereIsNoFile) {
  Scratch scratch;
  EXPECT_EQ(*read_pair(scratch.path()), (Pair{.primary = 1, .in_step = false}));
}

TEST(Pair, IsReadAsWritten) {
  Scratch scratch;
  for (Pair pair : {Pair{1, false}, Pair{1, true}, Pair{2, false}, Pair{2, true}}) {
    ASSERT_TRUE(write_pair(scratch.path(), pair));
    EXPECT_EQ(*read_pair(scratch.path()), pair);
  }
}

TEST(Pair, OfAnythingElseIsAnError) {
  Scratch scratch;
  for (const char* text :
       {"", "primary", "primary 3\nin_step yes\n", "primary 1\nin_step maybe\n", "primary 1\n",
        "in_step yes\nprimary 1\n", "primary 12\nin_step yes\n"}) {
    std::ofstream(scratch.path() / "pair") << text;
    auto pair = read_pair(scratch.path());
    ASSERT_FALSE(pair) << text;
    EXPECT_EQ(pair.error().code, Errc::unavailable);
  }
}

TEST(Pair, IsChangedByOneAtATime) {
  Scratch scratch;
  auto first = lock_pair(scratch.path());
  ASSERT_TRUE(first);
  auto other = open_file(scratch.path() / "pair.lock", O_WRONLY);
  ASSERT_TRUE(other);
  EXPECT_NE(::flock(other->get(), LOCK_EX | LOCK_NB), 0);
  first->close();
  EXPECT_EQ(::flock(other->get(), LOCK_EX | LOCK_NB), 0);
}

TEST(Gtid, NumbersAreThoseOfDomainZero) {
  EXPECT_EQ(change_number("0-1-5098"), 5098u);
  EXPECT_EQ(change_number("0-1-7,0-2-12,0-1-9"), 12u);
  EXPECT_EQ(change_number("1-1-99,0-1-3"), 3u);
  EXPECT_EQ(change_number("0-1-18446744073709551615"), 18446744073709551615u);
  for (const char* text : {"", ",", "-", "0-1", "0-1-", "x", "0-1-x", ",,,"})
    EXPECT_EQ(change_number(text), 0u) << text;
}

TEST(Gtid, MissingChangesAreThoseOfTheLastWriter) {
  EXPECT_EQ(first_missing("0-1-100", "0-1-100,"), 0u);
  EXPECT_EQ(first_missing("0-1-100", "0-1-120,0-2-130"), 0u);
  EXPECT_EQ(first_missing("0-1-100", "0-1-97,0-2-130"), 98u);
  EXPECT_EQ(first_missing("0-1-100", ",0-1-100"), 0u);
  EXPECT_EQ(first_missing("0-1-100", "0-2-130"), 1u);
  EXPECT_EQ(first_missing("", "0-2-130"), 0u);
  EXPECT_EQ(first_missing("0-1-90,0-2-100", "0-1-90,0-2-99"), 100u);
}

}  // namespace
}  // namespace coffer
