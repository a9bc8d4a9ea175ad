// A digest that is kept half way and gone on with, also by another backend, is the same digest.

#include <algorithm>

#include "base/text.h"
#include "digest/state.h"
#include "unit/digests.h"

namespace coffer {
namespace {

void push(DigestPipe& pipe, std::string_view bytes) {
  while (!bytes.empty()) {
    auto n = bytes.copy(pipe.buffer().data(), DigestPipe::kBufferSize);
    pipe.push(n);
    bytes.remove_prefix(n);
  }
}

class DigestStateOn : public testing::TestWithParam<Backend> {};

INSTANTIATE_TEST_SUITE_P(EveryBackend, DigestStateOn, testing::ValuesIn(backends()), backend_name);

TEST_P(DigestStateOn, GoesOnWhereItWas) {
  for (std::size_t size : {0u, 1u, 63u, 64u, 65u, 70'000u, 300'000u}) {
    auto bytes = random_bytes(size);
    for (std::size_t cut : {std::size_t{0}, size / 3, size - size / 64 * 64 / 2, size}) {
      DigestPipe first(DigestState{}, GetParam());
      push(first, std::string_view(bytes).substr(0, cut));
      auto kept = decode(encode(first.state()));
      ASSERT_TRUE(kept);
      EXPECT_EQ(kept->size, cut);
      for (Backend other : backends()) {
        DigestPipe second(*kept, other);
        push(second, std::string_view(bytes).substr(cut));
        EXPECT_EQ(second.finish(), digests_of(bytes)) << size << " cut at " << cut;
      }
    }
  }
}

TEST_P(DigestStateOn, TellsItsStateAndGoesOn) {
  auto bytes = random_bytes(200'000);
  DigestPipe pipe(DigestState{}, GetParam());
  push(pipe, std::string_view(bytes).substr(0, 100'001));
  EXPECT_EQ(pipe.state().size, 100'001u);
  push(pipe, std::string_view(bytes).substr(100'001));
  EXPECT_EQ(pipe.state().size, bytes.size());
  EXPECT_EQ(pipe.finish(), digests_of(bytes));
}

// Rows of an older program must stay readable: the state before the first byte, and after "abc".
TEST(DigestState, IsKeptInTheSameForm) {
  auto empty = encode({});
  EXPECT_EQ(hex(std::span(empty).first(20)), "0123456789abcdeffedcba987654321001234567");
  DigestPipe pipe(DigestState{});
  push(pipe, "abc");
  auto abc = encode(pipe.state());
  EXPECT_EQ(abc.size(), 152u);
  EXPECT_EQ(hex(std::span(abc).subspan(80, 11)), "0300000000000000616263");
}

TEST(DigestState, OfAnotherLengthIsNone) {
  auto bytes = encode({});
  EXPECT_FALSE(decode(std::span(bytes).first(151)));
  EXPECT_FALSE(decode({}));
}

}  // namespace
}  // namespace coffer
