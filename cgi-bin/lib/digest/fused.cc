#include "digest/fused.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

#include <bit>
#include <cstring>

// Every function of the kernel becomes part of fuse(), which alone may use the SHA instructions.
#define KERNEL [[gnu::target("sha,sse4.1"), gnu::always_inline]] inline

// The order written down is the right one. GCC's scheduler would move whole stretches of one
// chain in front of another's, which costs 8 %.
#if defined(__clang__)
#define AS_WRITTEN
#else
#define AS_WRITTEN [[gnu::optimize("no-schedule-insns2")]]
#endif

namespace coffer {
namespace {

// RFC 1321, 3.4: the integer part of 2^32 * abs(sin(i + 1)).
constexpr std::uint32_t kMd5[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391};

// FIPS 180-4, 4.2.2: the fractions of the cube roots of the first 64 primes.
alignas(16) constexpr std::uint32_t kSha256[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

KERNEL __m128i load(const void* from) { return _mm_loadu_si128(static_cast<const __m128i*>(from)); }

KERNEL void store(void* to, __m128i words) { _mm_storeu_si128(static_cast<__m128i*>(to), words); }

struct Md5Chain {
  std::uint32_t a, b, c, d;
};

// One step of RFC 1321, 3.4. `b` is the result of the step before, so what counts is how many
// operations follow it. The two halves of G have no bit in common: their sum is as good as their
// "or", and then only one of them has to wait.
template <int kStep>
KERNEL void md5_step(std::uint32_t& a, std::uint32_t b, std::uint32_t c, std::uint32_t d,
                     const std::uint8_t* block) {
  constexpr int kRound = kStep / 16;
  constexpr int kWords[4] = {kStep, 5 * kStep + 1, 3 * kStep + 5, 7 * kStep};
  constexpr int kTurns[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};

  std::uint32_t word;
  std::memcpy(&word, block + kWords[kRound] % 16 * 4, sizeof word);
  a += word + kMd5[kStep];
  if constexpr (kRound == 0) a += d ^ (b & (c ^ d));
  if constexpr (kRound == 1) a += (c & ~d) + (b & d);
  if constexpr (kRound == 2) a += b ^ (c ^ d);
  if constexpr (kRound == 3) a += c ^ (b | ~d);
  a = b + std::rotl(a, kTurns[kRound][kStep % 4]);
}

template <int kGroup>
KERNEL void md5_steps(Md5Chain& md5, const std::uint8_t* block) {
  md5_step<4 * kGroup>(md5.a, md5.b, md5.c, md5.d, block);
  md5_step<4 * kGroup + 1>(md5.d, md5.a, md5.b, md5.c, block);
  md5_step<4 * kGroup + 2>(md5.c, md5.d, md5.a, md5.b, block);
  md5_step<4 * kGroup + 3>(md5.b, md5.c, md5.d, md5.a, block);
}

KERNEL Md5Chain load_md5(const FusedState& state) {
  return {state.md5[0], state.md5[1], state.md5[2], state.md5[3]};
}

KERNEL void add(Md5Chain& md5, const Md5Chain& before) {
  md5.a += before.a, md5.b += before.b, md5.c += before.c, md5.d += before.d;
}

// Sixteen words of a message schedule, big-endian in the block.
struct Words {
  __m128i w[4];
};

KERNEL Words load_words(const std::uint8_t* block, __m128i order) {
  return {_mm_shuffle_epi8(load(block), order), _mm_shuffle_epi8(load(block + 16), order),
          _mm_shuffle_epi8(load(block + 32), order), _mm_shuffle_epi8(load(block + 48), order)};
}

// SHA-1's variables with A in the highest place, and E alone in the highest place of its own.
struct Sha1Chain {
  __m128i abcd, e;
};

// Four rounds of FIPS 180-4, 6.1.2, and what can be done by then of the schedule's next words.
template <int kQuad>
KERNEL void sha1_rounds(Sha1Chain& sha1, __m128i (&w)[4]) {
  constexpr int kNow = kQuad % 4, kNext = (kQuad + 1) % 4;
  constexpr int kBefore = (kQuad + 2) % 4, kLast = (kQuad + 3) % 4;

  __m128i e = kQuad == 0 ? _mm_add_epi32(sha1.e, w[0]) : _mm_sha1nexte_epu32(sha1.e, w[kNow]);
  sha1.e = sha1.abcd;
  if constexpr (kQuad >= 3 && kQuad <= 18) w[kNext] = _mm_sha1msg2_epu32(w[kNext], w[kNow]);
  sha1.abcd = _mm_sha1rnds4_epu32(sha1.abcd, e, kQuad / 5);
  if constexpr (kQuad >= 1 && kQuad <= 16) w[kLast] = _mm_sha1msg1_epu32(w[kLast], w[kNow]);
  if constexpr (kQuad >= 2 && kQuad <= 17) w[kBefore] = _mm_xor_si128(w[kBefore], w[kNow]);
}

KERNEL Words load_sha1_words(const std::uint8_t* block) {
  return load_words(block, _mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f));
}

KERNEL Sha1Chain load_sha1(const FusedState& state) {
  return {_mm_shuffle_epi32(load(state.sha1.data()), 0x1b),
          _mm_set_epi32(static_cast<int>(state.sha1[4]), 0, 0, 0)};
}

KERNEL void add(Sha1Chain& sha1, const Sha1Chain& before) {
  sha1.abcd = _mm_add_epi32(sha1.abcd, before.abcd);
  sha1.e = _mm_sha1nexte_epu32(sha1.e, before.e);
}

KERNEL void store_sha1(FusedState& state, const Sha1Chain& sha1) {
  store(state.sha1.data(), _mm_shuffle_epi32(sha1.abcd, 0x1b));
  state.sha1[4] = static_cast<std::uint32_t>(_mm_extract_epi32(sha1.e, 3));
}

// SHA-256's eight variables in the order that the instructions want them, A and C highest.
struct Sha256Chain {
  __m128i abef, cdgh;
};

// Four rounds of FIPS 180-4, 6.2.2, and what can be done by then of the schedule's next words.
template <int kQuad>
KERNEL void sha256_rounds(Sha256Chain& sha256, __m128i (&w)[4]) {
  constexpr int kNow = kQuad % 4, kNext = (kQuad + 1) % 4, kLast = (kQuad + 3) % 4;

  __m128i wk = _mm_add_epi32(w[kNow], load(kSha256 + 4 * kQuad));
  sha256.cdgh = _mm_sha256rnds2_epu32(sha256.cdgh, sha256.abef, wk);
  if constexpr (kQuad >= 3 && kQuad <= 14) {
    w[kNext] = _mm_add_epi32(w[kNext], _mm_alignr_epi8(w[kNow], w[kLast], 4));
    w[kNext] = _mm_sha256msg2_epu32(w[kNext], w[kNow]);
  }
  sha256.abef = _mm_sha256rnds2_epu32(sha256.abef, sha256.cdgh, _mm_shuffle_epi32(wk, 0x0e));
  if constexpr (kQuad >= 1 && kQuad <= 12) w[kLast] = _mm_sha256msg1_epu32(w[kLast], w[kNow]);
}

KERNEL Words load_sha256_words(const std::uint8_t* block) {
  return load_words(block, _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203));
}

KERNEL Sha256Chain load_sha256(const FusedState& state) {
  __m128i cdab = _mm_shuffle_epi32(load(state.sha256.data()), 0xb1);
  __m128i efgh = _mm_shuffle_epi32(load(state.sha256.data() + 4), 0x1b);
  return {_mm_alignr_epi8(cdab, efgh, 8), _mm_blend_epi16(efgh, cdab, 0xf0)};
}

KERNEL void add(Sha256Chain& sha256, const Sha256Chain& before) {
  sha256.abef = _mm_add_epi32(sha256.abef, before.abef);
  sha256.cdgh = _mm_add_epi32(sha256.cdgh, before.cdgh);
}

KERNEL void store_sha256(FusedState& state, const Sha256Chain& sha256) {
  __m128i feba = _mm_shuffle_epi32(sha256.abef, 0x1b);
  __m128i dchg = _mm_shuffle_epi32(sha256.cdgh, 0xb1);
  store(state.sha256.data(), _mm_blend_epi16(feba, dchg, 0xf0));
  store(state.sha256.data() + 4, _mm_alignr_epi8(dchg, feba, 8));
}

struct Chains {
  Md5Chain md5;
  Sha1Chain sha1;
  Sha256Chain sha256;
};

// The rounds of one block in sixteen groups: four steps of MD5, four rounds of SHA-256, and of
// SHA-1's eighty rounds four, in every fourth group eight.
template <int kGroup = 0>
KERNEL void rounds(Chains& chains, Words& sha1_words, Words& sha256_words,
                   const std::uint8_t* block) {
  md5_steps<kGroup>(chains.md5, block);
  sha256_rounds<kGroup>(chains.sha256, sha256_words.w);
  sha1_rounds<kGroup * 5 / 4>(chains.sha1, sha1_words.w);
  if constexpr (kGroup % 4 == 3) sha1_rounds<kGroup * 5 / 4 + 1>(chains.sha1, sha1_words.w);
  if constexpr (kGroup < 15) rounds<kGroup + 1>(chains, sha1_words, sha256_words, block);
}

}  // namespace

bool can_fuse() {
  unsigned a, b, c, d;
  return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_SSE4_1) &&
         __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA);
}

AS_WRITTEN [[gnu::target("sha,sse4.1")]] void fuse(FusedState& state, const std::uint8_t* blocks,
                                                   std::size_t count) {
  Chains chains{load_md5(state), load_sha1(state), load_sha256(state)};
  for (; count > 0; count--, blocks += kBlock) {
    auto before = chains;
    auto sha1_words = load_sha1_words(blocks);
    auto sha256_words = load_sha256_words(blocks);
    rounds(chains, sha1_words, sha256_words, blocks);
    add(chains.md5, before.md5);
    add(chains.sha1, before.sha1);
    add(chains.sha256, before.sha256);
  }
  state.md5 = {chains.md5.a, chains.md5.b, chains.md5.c, chains.md5.d};
  store_sha1(state, chains.sha1);
  store_sha256(state, chains.sha256);
}

}  // namespace coffer

#else

#include <cstdlib>

namespace coffer {

bool can_fuse() { return false; }

void fuse(FusedState&, const std::uint8_t*, std::size_t) { std::abort(); }

}  // namespace coffer

#endif
