// What every BlobStore must do is in blob_store_test.cc; a new store joins by one line
// there, or in a file of its own:
//
//   INSTANTIATE_TEST_SUITE_P(Local, BlobStoreSuite, testing::Values(&new_local_store));

#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "blob/store.h"
#include "digest/token.h"
#include "unit/scratch.h"

namespace coffer {

/// An empty store, with a directory to itself if it needs one.
using NewStore = std::unique_ptr<BlobStore> (*)(const Scratch& scratch);

inline Sha256 name_of(std::string_view bytes) { return token_hash(bytes); }

inline Result<> put(BlobStore& store, const std::string& bytes) {
  StringSource source(bytes);
  return store.put(name_of(bytes), source, bytes.size());
}

/// The blob's bytes in that range, or "error: " and why there are none.
inline std::string get(BlobStore& store, const Sha256& name, ByteRange range = {}) {
  auto source = store.get(name, range);
  if (!source) return "error: " + source.error().message;
  auto bytes = read_all(**source, SIZE_MAX);
  return bytes ? *bytes : "error: " + bytes.error().message;
}

class BlobStoreSuite : public testing::TestWithParam<NewStore> {
 protected:
  /// Expects a put() of that to fail so, and to leave nothing.
  void refuse(Errc code, const Sha256& name, Source& bytes, std::uint64_t size) {
    auto result = store().put(name, bytes, size);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, code) << result.error().message;
    EXPECT_FALSE(store().stat(name));
    EXPECT_TRUE(store().list({}, 10)->empty());
  }

  BlobStore& store() { return *store_; }

 private:
  Scratch scratch_;
  std::unique_ptr<BlobStore> store_ = GetParam()(scratch_);
};

}  // namespace coffer
