// What LocalStore promises beyond every store: its files, adopting, healing, strangers.

#include <sys/stat.h>

#include "base/text.h"
#include "blob/local.h"
#include "unit/blob_store_suite.h"

namespace coffer {
namespace {

namespace fs = std::filesystem;

class LocalStoreFiles : public testing::Test {
 protected:
  fs::path file_of(std::string_view bytes) { return *store().path(name_of(bytes)); }

  /// Whatever lies in the folder of that blob, under any name.
  std::size_t files_beside(std::string_view bytes) {
    auto folder = fs::directory_iterator(file_of(bytes).parent_path());
    return static_cast<std::size_t>(std::distance(folder, {}));
  }

  LocalStore& store() { return *store_; }
  const Scratch& scratch() { return scratch_; }
  fs::path directory() { return scratch_.path() / "deep" / "blobs"; }

 private:
  Scratch scratch_;
  std::unique_ptr<LocalStore> store_ = std::move(*LocalStore::open(directory()));
};

unsigned mode_of(const fs::path& path) {
  struct ::stat info;
  EXPECT_EQ(::lstat(path.c_str(), &info), 0) << path;
  return info.st_mode & 0777;
}

void overwrite(const fs::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

TEST_F(LocalStoreFiles, LieInTheFolderOfTheirFirstByte) {
  EXPECT_TRUE(put(store(), "hello"));
  auto name = hex(name_of("hello"));
  EXPECT_EQ(file_of("hello"), directory() / "2c" / name);
  EXPECT_EQ(contents(file_of("hello")), "hello");
}

TEST_F(LocalStoreFiles, AreForTheOwnerOnly) {
  EXPECT_TRUE(put(store(), "hello"));
  EXPECT_EQ(mode_of(file_of("hello")), 0600u);
  EXPECT_EQ(mode_of(file_of("hello").parent_path()), 0700u);
  EXPECT_EQ(mode_of(directory()), 0700u);
}

TEST_F(LocalStoreFiles, HaveAllTheirFoldersFromTheStart) {
  for (auto byte : {"00", "7f", "ff"}) EXPECT_TRUE(fs::is_directory(directory() / byte));
  EXPECT_EQ(std::distance(fs::directory_iterator(directory()), {}), 256);
}

TEST_F(LocalStoreFiles, AreThereWhenTheStoreIsOpenedAgain) {
  EXPECT_TRUE(put(store(), "hello"));
  auto again = LocalStore::open(directory());
  ASSERT_TRUE(again);
  EXPECT_EQ(get(**again, name_of("hello")), "hello");
}

TEST_F(LocalStoreFiles, CannotBeOpenedWhereAFileIs) {
  EXPECT_FALSE(LocalStore::open(scratch().file("file", "")));
}

TEST_F(LocalStoreFiles, OfAPutThatFailedAreGone) {
  EXPECT_FALSE(store().put(name_of("hello"), opener_of("jello"), 5));
  EXPECT_EQ(files_beside("hello"), 0u);
}

TEST_F(LocalStoreFiles, AreTheOnlyOnesThatAPutLeaves) {
  EXPECT_TRUE(put(store(), "hello"));
  EXPECT_TRUE(put(store(), "hello"));
  EXPECT_EQ(files_beside("hello"), 1u);
}

TEST_F(LocalStoreFiles, OfAnotherSizeAreHealedByPut) {
  for (auto damage : {"", "hell", "hello hello"}) {
    overwrite(file_of("hello"), damage);
    EXPECT_TRUE(put(store(), "hello"));
    EXPECT_EQ(contents(file_of("hello")), "hello");
    EXPECT_EQ(files_beside("hello"), 1u);
  }
}

TEST_F(LocalStoreFiles, AreNotHealedWithBytesThatDoNotMatch) {
  overwrite(file_of("hello"), "hell");
  EXPECT_FALSE(store().put(name_of("hello"), opener_of("jello"), 5));
  EXPECT_EQ(contents(file_of("hello")), "hell");
}

TEST_F(LocalStoreFiles, MayBeAdoptedAndStayWhereTheyWere) {
  auto staged = scratch().file("staged", "hello");
  EXPECT_TRUE(store().adopt(name_of("hello"), staged, 5));
  EXPECT_EQ(get(store(), name_of("hello")), "hello");
  EXPECT_TRUE(fs::equivalent(staged, file_of("hello")));
  fs::remove(staged);
  EXPECT_EQ(get(store(), name_of("hello")), "hello");
}

TEST_F(LocalStoreFiles, ThatAreThereAreNotReplacedByAdoptedOnes) {
  EXPECT_TRUE(put(store(), "hello"));
  auto staged = scratch().file("staged", "hello");
  EXPECT_TRUE(store().adopt(name_of("hello"), staged, 5));
  EXPECT_FALSE(fs::equivalent(staged, file_of("hello")));
  EXPECT_EQ(files_beside("hello"), 1u);
}

TEST_F(LocalStoreFiles, OfAnotherSizeGiveWayToAdoptedOnes) {
  auto staged = scratch().file("staged", "hello");
  overwrite(file_of("hello"), "hell");
  EXPECT_TRUE(store().adopt(name_of("hello"), staged, 5));
  EXPECT_EQ(contents(file_of("hello")), "hello");
  EXPECT_EQ(contents(staged), "hello");
  EXPECT_EQ(files_beside("hello"), 1u);
}

TEST_F(LocalStoreFiles, MayBeAdoptedTwice) {
  auto staged = scratch().file("staged", "hello");
  EXPECT_TRUE(store().adopt(name_of("hello"), staged, 5));
  EXPECT_TRUE(store().adopt(name_of("hello"), staged, 5));
  EXPECT_EQ(files_beside("hello"), 1u);
}

TEST_F(LocalStoreFiles, CannotBeAdoptedFromNowhere) {
  EXPECT_EQ(store().adopt(name_of("hello"), scratch().path() / "none", 5).error().code,
            Errc::not_found);
  EXPECT_EQ(files_beside("hello"), 0u);
}

TEST_F(LocalStoreFiles, ThatAreLinksAreNoBlobs) {
  auto secret = scratch().file("secret", "hello");
  fs::create_symlink(secret, file_of("hello"));
  EXPECT_EQ(store().stat(name_of("hello")).error().code, Errc::not_found);
  EXPECT_EQ(store().get(name_of("hello"), {}).error().code, Errc::not_found);
  EXPECT_TRUE(store().list({}, 10)->empty());
}

TEST_F(LocalStoreFiles, ThatAreLinksGiveWayAndWhatTheyPointedAtStays) {
  auto secret = scratch().file("secret", "secret");
  fs::create_symlink(secret, file_of("hello"));
  EXPECT_TRUE(put(store(), "hello"));
  EXPECT_EQ(get(store(), name_of("hello")), "hello");

  fs::create_symlink(secret, file_of("other"));
  EXPECT_TRUE(store().adopt(name_of("other"), scratch().file("staged", "other"), 5));
  EXPECT_EQ(get(store(), name_of("other")), "other");

  fs::create_symlink(secret, file_of("third"));
  EXPECT_TRUE(store().remove(name_of("third")));
  EXPECT_FALSE(fs::is_symlink(file_of("third")));
  EXPECT_EQ(contents(secret), "secret");
}

TEST_F(LocalStoreFiles, OfOthersAreNotListed) {
  EXPECT_TRUE(put(store(), "hello"));
  auto folder = file_of("hello").parent_path();
  auto name = hex(name_of("hello"));
  auto upper = name;
  for (auto& c : upper) c = static_cast<char>(std::toupper(c));
  for (auto stray : {"." + name + ".temporary", name + "0", name.substr(1), upper,
                     "00" + name.substr(2), std::string("README")})
    overwrite(folder / stray, "stray");
  fs::create_directory(folder / ("2c" + std::string(62, '0')));
  ASSERT_EQ(::mkfifo((folder / ("2c" + std::string(62, '1'))).c_str(), 0600), 0);
  overwrite(directory() / "README", "stray");
  EXPECT_EQ(*store().list({}, 100), std::vector{Key(name_of("hello"))});
}

TEST_F(LocalStoreFiles, ThatArePipesAreNotWaitedFor) {
  ASSERT_EQ(::mkfifo(file_of("hello").c_str(), 0600), 0);
  EXPECT_EQ(store().get(name_of("hello"), {}).error().code, Errc::not_found);
}

TEST_F(LocalStoreFiles, ThatCannotBeListedAreAnError) {
  fs::remove(directory() / "7f");
  auto page = store().list({}, 10);
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code, Errc::internal);
}

TEST_F(LocalStoreFiles, OfPutsThatWereCutShortAreUnfinishedAndGoWithTheirKey) {
  Key dead(name_of("hello"), 7), other(name_of("hello"), 8);
  auto folder = file_of("hello").parent_path();
  overwrite(folder / ("." + key_text(dead) + ".token"), "hel");
  overwrite(folder / ("." + key_text(name_of("hello")) + ".token"),
            "the local disk has its sweeper");
  overwrite(folder / ".strange", "not ours");
  ASSERT_TRUE(store().put(other, opener_of("hello"), 5));
  EXPECT_EQ(*store().unfinished(), std::vector{dead});
  ASSERT_TRUE(store().remove(dead));
  EXPECT_TRUE(store().unfinished()->empty());
  EXPECT_EQ(files_beside("hello"), 3u);
}

TEST_F(LocalStoreFiles, LinkingSaysWhichFolderIsToBeSynced) {
  auto file = scratch().file("upload", "hello");
  for (int i = 0; i < 2; i++) {
    auto folder = store().link(name_of("hello"), file, 5);
    ASSERT_TRUE(folder) << folder.error().message;
    EXPECT_EQ(*folder, file_of("hello").parent_path());
    EXPECT_EQ(contents(file_of("hello")), "hello");
  }
  overwrite(file_of("hello"), "damaged");  // and the file with it, which is the same one
  auto good = scratch().file("good", "hello");
  ASSERT_TRUE(store().link(name_of("hello"), good, 5));
  EXPECT_EQ(contents(file_of("hello")), "hello");
  EXPECT_EQ(files_beside("hello"), 1u);
}

}  // namespace
}  // namespace coffer
