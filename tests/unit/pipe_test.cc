// DigestPipe gives what Digester gives, however the bytes come and whoever leaves early.

#include <algorithm>

#include "unit/digests.h"

namespace coffer {
namespace {

constexpr std::size_t kBuffer = DigestPipe::kBufferSize;

// Pushes `bytes` in pieces of the sizes that `next_size` gives.
template <class NextSize>
void push(DigestPipe& pipe, std::string_view bytes, NextSize next_size) {
  while (!bytes.empty()) {
    auto n = bytes.copy(pipe.buffer().data(), std::min(next_size(), kBuffer));
    pipe.push(n);
    bytes.remove_prefix(n);
  }
}

class DigestPipeOn : public testing::TestWithParam<Backend> {
 protected:
  DigestPipe pipe_{GetParam()};
};

INSTANTIATE_TEST_SUITE_P(EveryBackend, DigestPipeOn, testing::ValuesIn(backends()), backend_name);

TEST_P(DigestPipeOn, AgreesWithTheDigesterAroundItsBuffers) {
  for (std::size_t size : {std::size_t{0}, std::size_t{1}, kBuffer - 1, kBuffer, kBuffer + 1,
                           DigestPipe::kBuffers * kBuffer, std::size_t{5 << 20} + 3}) {
    auto bytes = random_bytes(size);
    DigestPipe pipe(GetParam());
    push(pipe, bytes, [] { return kBuffer; });
    EXPECT_EQ(pipe.finish(), digests_of(bytes)) << size;
  }
}

TEST_P(DigestPipeOn, TakesShortAndEmptyPushes) {
  auto bytes = random_bytes(300'000);
  std::mt19937 random(1);
  push(pipe_, bytes, [&]() -> std::size_t { return random() % 3'000; });
  EXPECT_EQ(pipe_.finish(), digests_of(bytes));
}

TEST_P(DigestPipeOn, GivesTheSameBufferUntilItIsPushed) {
  auto first = pipe_.buffer().data();
  EXPECT_EQ(pipe_.buffer().data(), first);
  pipe_.push(0);
  EXPECT_NE(pipe_.buffer().data(), first);
}

TEST_P(DigestPipeOn, MayBeLeftWithoutADigest) {
  auto bytes = random_bytes(2 << 20);
  push(pipe_, bytes, [] { return kBuffer; });
}

TEST_P(DigestPipeOn, MayBeLeftUnused) {}

TEST_P(DigestPipeOn, WorksBesideOthers) {
  auto bytes = random_bytes(1 << 20);
  DigestPipe other(GetParam());
  push(pipe_, bytes, [] { return kBuffer; });
  push(other, "abc", [] { return kBuffer; });
  EXPECT_EQ(pipe_.finish(), digests_of(bytes));
  EXPECT_EQ(other.finish(), digests_of("abc"));
}

}  // namespace
}  // namespace coffer
