// Passwords: argon2id (RFC 9106), as the string that holds its own salt and costs.

#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace coffer {

/// "$argon2id$v=19$m=19456,t=2,p=1$salt$hash". Takes 19 MiB and about 20 ms; two at a
/// time in a process, later callers wait their turn.
Result<std::string> hash_password(std::string_view password);

/// Whether `password` is the one that `hash` was made from. With an empty `hash` (no such
/// user) it does the same work and says no, so that timing does not tell who exists.
bool verify_password(std::string_view password, std::string_view hash);

/// A password to be used once: 20 characters without look-alikes, over 100 bits.
std::string random_password();

}  // namespace coffer
