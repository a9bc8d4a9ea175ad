// Tokens: 256 random bits that prove who someone is, and the digest of them that we keep.

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "digest/digest.h"

namespace coffer {

/// Fills `bytes` from the operating system's generator. Never fails: a machine without
/// randomness ends the program.
void fill_random(std::span<std::uint8_t> bytes);

/// 32 random bytes, as 43 characters of base64url.
std::string random_token();

/// What the database keeps of a token, so that who reads the database cannot sign in.
Sha256 token_hash(std::string_view token);

/// A second secret derived from the first, for one purpose: HMAC-SHA-256 (RFC 2104),
/// as base64url. Who knows it does not know `token`.
std::string derive_token(std::string_view token, std::string_view purpose);

/// Shows that one knows `token`, each time in another way: 43 random characters, and what they
/// derive from it. What is learnt of one, by its length when compressed, is of no use for the next.
std::string prove_token(std::string_view token);
bool proves_token(std::string_view proof, std::string_view token);

}  // namespace coffer
