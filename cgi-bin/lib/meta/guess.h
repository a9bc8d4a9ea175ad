// Guesses: how often a password was tried of late, so that nobody finds one by trying.
//
// Each try is counted before it is known whether it is right, by one guarded update, so that of
// many at a time no more than the limit get through. They are counted by who was named and from
// where, and so nobody can lock a user out from elsewhere; and, more loosely, by where alone.

#pragma once

#include <string_view>

#include "meta/types.h"
#include "sql/database.h"

namespace coffer {

/// So many tries in this time, from one address: for one account, and for all together.
inline constexpr std::uint64_t kGuessWindowMs = 15ull * 60 * 1000;
inline constexpr unsigned kMostForOne = 5;
inline constexpr unsigned kMostForAll = 50;

/// Who was named, as a digest, and where the try came from (http/address.h).
struct Guess {
  Sha256 account{};
  std::string_view address;
};

/// Counts a try. Errc::too_many, with when to try again, if there were enough.
Result<> count_guess(Transaction& tx, const Guess& guess);

/// The try was right: it and those before it, for that account, are forgotten.
Result<> forgive_guess(Transaction& tx, const Guess& guess);

/// Removes the counts that are over. Returns how many.
Result<std::uint64_t> sweep_guesses(Connection& db);

}  // namespace coffer
