#include <array>
#include <atomic>
#include <cassert>
#include <thread>

#include "digest/digester.h"
#include "digest/hasher.h"
#include "digest/state_hasher.h"

namespace coffer {
namespace {

// A buffer of this size is none: it says that the stream is over.
constexpr std::size_t kEnd = SIZE_MAX;

// A hasher, its thread, and how many buffers it is through with.
struct Lane {
  std::unique_ptr<Hasher> hasher;
  std::atomic<std::uint32_t> done = 0;
  std::thread thread;
};

}  // namespace

// Both counts run on past kBuffers, and wrap: their difference is how many buffers wait. The
// receiving thread owns every buffer that all lanes are through with, and the lanes the rest.
struct DigestPipe::State {
  explicit State(Hashers hashers);
  ~State();

  void start();
  void stop();
  void work(Lane& lane);
  std::span<char> buffer();
  void push(std::size_t size);
  void drain();
  char* buffer_at(std::uint32_t count) { return bytes.get() + count % kBuffers * kBufferSize; }

  std::unique_ptr<char[]> bytes = std::make_unique_for_overwrite<char[]>(kBuffers * kBufferSize);
  std::array<std::size_t, kBuffers> sizes{};
  std::atomic<std::uint32_t> pushed = 0;
  std::vector<std::unique_ptr<Lane>> lanes;
};

DigestPipe::State::State(Hashers hashers) {
  for (auto& hasher : hashers) {
    lanes.push_back(std::make_unique<Lane>());
    lanes.back()->hasher = std::move(hasher);
  }
}

DigestPipe::State::~State() { stop(); }

void DigestPipe::State::start() {
  for (auto& lane : lanes) lane->thread = std::thread([this, &lane] { work(*lane); });
}

void DigestPipe::State::stop() {
  buffer();
  push(kEnd);
  for (auto& lane : lanes)
    if (lane->thread.joinable()) lane->thread.join();
}

void DigestPipe::State::work(Lane& lane) {
  for (std::uint32_t count = 0;; count++) {
    pushed.wait(count);
    std::size_t size = sizes[count % kBuffers];
    if (size == kEnd) return;
    for_each_slice({buffer_at(count), size}, [&](auto slice) { lane.hasher->update(slice); });
    lane.done = count + 1;
    lane.done.notify_one();
  }
}

std::span<char> DigestPipe::State::buffer() {
  std::uint32_t count = pushed;
  for (auto& lane : lanes)
    for (std::uint32_t done = lane->done; count - done == kBuffers; done = lane->done)
      lane->done.wait(done);
  return {buffer_at(count), kBufferSize};
}

void DigestPipe::State::drain() {
  for (auto& lane : lanes)
    for (std::uint32_t done = lane->done; done != pushed; done = lane->done) lane->done.wait(done);
}

void DigestPipe::State::push(std::size_t size) {
  sizes[pushed % kBuffers] = size;
  pushed++;
  pushed.notify_all();
}

DigestPipe::DigestPipe(Backend backend) : state_(std::make_unique<State>(new_hashers(backend))) {
  state_->start();
}

DigestPipe::DigestPipe(const DigestState& state, Backend backend) {
  Hashers hashers;
  hashers.push_back(std::make_unique<StateHasher>(backend, state));
  state_ = std::make_unique<State>(std::move(hashers));
  state_->start();
}

DigestPipe::~DigestPipe() = default;

std::span<char> DigestPipe::buffer() { return state_->buffer(); }

void DigestPipe::push(std::size_t size) {
  assert(size <= kBufferSize);
  state_->push(size);
}

DigestState DigestPipe::state() {
  state_->drain();
  return static_cast<const StateHasher&>(*state_->lanes.front()->hasher).state();
}

Digests DigestPipe::finish() {
  state_->stop();
  Digests digests;
  for (auto& lane : state_->lanes) lane->hasher->finish(digests);
  return digests;
}

}  // namespace coffer
