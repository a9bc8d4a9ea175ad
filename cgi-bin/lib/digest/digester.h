// Digester: bytes in, five digests out. DigestPipe: the same beside the thread that receives.

#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "digest/digest.h"

namespace coffer {

struct DigestState;

/// Who computes: OpenSSL, or on processors with SHA instructions our own fused.h, in about
/// half the time. The digests are the same.
enum class Backend { openssl, fused };

/// The faster one that this machine can run.
Backend best_backend();

class Digester {
 public:
  explicit Digester(Backend backend = best_backend());
  Digester(Digester&&) noexcept;
  ~Digester();

  void update(std::string_view bytes);

  /// Call once; the digester is spent afterwards.
  Digests finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A ring of buffers between the thread that receives a large file and one that
/// digests it, so that neither waits for the other:
///
///   DigestPipe pipe;
///   while (n = body.read(pipe.buffer())) { write(file, pipe.buffer().first(n)); pipe.push(n); }
///   Digests digests = pipe.finish();
///
/// Takes kBuffers * kBufferSize bytes of memory and one thread while it lives; two threads,
/// for MD5 and the rest, with Backend::openssl.
class DigestPipe {
 public:
  static constexpr std::size_t kBufferSize = 64 * 1024;
  static constexpr std::size_t kBuffers = 8;

  explicit DigestPipe(Backend backend = best_backend());

  /// One that goes on where another one was; in a single thread with either backend.
  explicit DigestPipe(const DigestState& state, Backend backend = best_backend());
  ~DigestPipe();

  /// The buffer to fill next; waits until one is free. The same one until push().
  std::span<char> buffer();

  /// Hands the first `size` bytes of that buffer to the digesting thread.
  void push(std::size_t size);

  /// Where it is, once all that was pushed is digested. Only of one that was made of a state.
  DigestState state();

  /// Waits for the last buffer. Call once.
  Digests finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace coffer
