// What every BlobStore must do is in blob_store_test.cc; a new store joins by one line
// there, or in a file of its own:
//
//   INSTANTIATE_TEST_SUITE_P(Local, BlobStoreSuite, testing::Values(&new_local_store));

#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>

#include "blob/store.h"
#include "digest/token.h"
#include "unit/scratch.h"

namespace coffer {

/// An empty store, with a directory to itself if it needs one.
using NewStore = std::unique_ptr<BlobStore> (*)(const Scratch& scratch);

inline Sha256 name_of(std::string_view bytes) { return token_hash(bytes); }

/// Opens parts of a text.
inline Opener opener_of(const std::string& bytes) {
  return [bytes](ByteRange range) -> Result<std::unique_ptr<Source>> {
    return std::make_unique<StringSource>(
        bytes.substr(std::min<std::uint64_t>(range.offset, bytes.size()), range.length));
  };
}

inline Result<> put(BlobStore& store, const std::string& bytes, std::uint64_t serial = 0) {
  auto done = store.put({name_of(bytes), serial}, opener_of(bytes), bytes.size());
  if (!done) return done.error();
  return {};
}

/// The blob's bytes in that range, or "error: " and why there are none.
inline std::string get(BlobStore& store, const Key& key, ByteRange range = {}) {
  auto source = store.get(key, range);
  if (!source) return "error: " + source.error().message;
  auto bytes = read_all(**source, SIZE_MAX);
  return bytes ? *bytes : "error: " + bytes.error().message;
}

class BlobStoreSuite : public testing::TestWithParam<NewStore> {
 protected:
  /// Expects a put() of that to fail so, and to leave nothing.
  void refuse(Errc code, const Sha256& name, const Opener& bytes, std::uint64_t size) {
    auto result = store().put(name, bytes, size);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, code) << result.error().message;
    EXPECT_FALSE(store().stat(name));
    EXPECT_TRUE(store().list({}, 10)->empty());
    EXPECT_TRUE(store().unfinished()->empty());
  }

  BlobStore& store() { return *store_; }

 private:
  Scratch scratch_;
  std::unique_ptr<BlobStore> store_ = GetParam()(scratch_);
};

}  // namespace coffer
