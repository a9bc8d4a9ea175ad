#include "meta/guess.h"

#include <algorithm>

namespace coffer {
namespace {

#define IS_OVER "since <= UNIX_TIMESTAMP(NOW(3)) * 1000 - ?"

// Assignments run from left to right: `tries` sees the old `since`.
constexpr char kCount[] = "UPDATE guess SET tries = IF(" IS_OVER
                          ", 1, tries + 1),"
                          " since = IF(" IS_OVER
                          ", UNIX_TIMESTAMP(NOW(3)) * 1000, since)"
                          " WHERE address = ? AND account = ? AND (" IS_OVER " OR tries < ?)";
constexpr char kBegin[] =
    "INSERT IGNORE INTO guess (address, account, tries, since)"
    " VALUES (?, ?, 1, UNIX_TIMESTAMP(NOW(3)) * 1000)";
constexpr char kLeft[] =
    "SELECT CAST(since + ? - UNIX_TIMESTAMP(NOW(3)) * 1000 AS UNSIGNED) FROM guess"
    " WHERE address = ? AND account = ?";
constexpr char kForget[] = "DELETE FROM guess WHERE address = ? AND account = ?";
constexpr char kTakeBack[] =
    "UPDATE guess SET tries = tries - 1 WHERE address = ? AND account = ? AND tries > 0";
constexpr char kSweep[] = "DELETE FROM guess WHERE " IS_OVER;

constexpr Sha256 kAnyAccount{};

Result<> refuse(Transaction& tx, std::string_view address, const Sha256& account) {
  std::uint64_t left = kGuessWindowMs;
  auto found = tx.query(kLeft, {kGuessWindowMs, address, account},
                        [&](const Row& row) { left = row.number(0); });
  if (!found) return found;
  auto seconds = static_cast<unsigned>(std::clamp<std::uint64_t>(left, 1, kGuessWindowMs) / 1000);
  Error error{Errc::too_many,
              "too many tries from where you are: try again in {} min",
              {std::to_string(seconds / 60 + 1)}};
  error.retry_after = seconds + 1;
  return error;
}

Result<> count(Transaction& tx, std::string_view address, const Sha256& account, unsigned most) {
  // Another one may begin the count in between: then there is something to update.
  for (int attempt = 0; attempt < 2; attempt++) {
    auto counted =
        tx.run(kCount, {kGuessWindowMs, kGuessWindowMs, address, account, kGuessWindowMs, most});
    if (!counted) return counted.error();
    if (counted->rows == 1) return {};
    auto begun = tx.run(kBegin, {address, account});
    if (!begun) return begun.error();
    if (begun->rows == 1) return {};
  }
  return refuse(tx, address, account);
}

}  // namespace

Result<> count_guess(Transaction& tx, const Guess& guess) {
  if (auto counted = count(tx, guess.address, kAnyAccount, kMostForAll); !counted) return counted;
  return count(tx, guess.address, guess.account, kMostForOne);
}

Result<> forgive_guess(Transaction& tx, const Guess& guess) {
  if (auto taken = tx.run(kTakeBack, {guess.address, kAnyAccount}); !taken) return taken.error();
  auto forgotten = tx.run(kForget, {guess.address, guess.account});
  if (!forgotten) return forgotten.error();
  return {};
}

Result<std::uint64_t> sweep_guesses(Connection& db) {
  auto swept = db.run(kSweep, {kGuessWindowMs});
  if (!swept) return swept.error();
  return swept->rows;
}

}  // namespace coffer
