#include "meta/transfer.h"

#include "meta/blob_row.h"
#include "meta/remnant.h"

#define NOW "UNIX_TIMESTAMP(NOW(3)) * 1000"

// A blob that is to have a copy in store ? and has none.
#define FROM_WANTED                                                                \
  " FROM `blob` b LEFT JOIN copy c ON c.sha256 = b.sha256 AND c.store = ?"         \
  " AND c.damaged IS NULL WHERE b.refs > 0 AND NOT b.doomed AND b.touched <= " NOW \
  " - ? AND b.size >= ? AND b.size <= ? AND c.sha256 IS NULL"

namespace coffer {
namespace {

constexpr char kWanted[] =
    "SELECT " BLOB_COLUMNS FROM_WANTED
    " AND NOT EXISTS (SELECT 1 FROM transfer t WHERE t.sha256 = b.sha256 AND t.store = ?"
    " AND t.until > " NOW ") AND b.sha256 > ? AND b.sha256 <= ? ORDER BY b.sha256 LIMIT ?";
constexpr char kRecalls[] = "SELECT " BLOB_COLUMNS
                            " FROM transfer t JOIN `blob` b ON b.sha256 = t.sha256"
                            " WHERE t.store = 'local' AND t.until <= " NOW " LIMIT ?";
constexpr char kRecall[] =
    "INSERT IGNORE INTO transfer (sha256, store, serial, until)"
    " SELECT sha256, 'local', 0, 0 FROM `blob` WHERE sha256 = ? AND NOT doomed";
constexpr char kHolder[] =
    "SELECT serial, until > " NOW " FROM transfer WHERE sha256 = ? AND store = ? FOR UPDATE";
constexpr char kHasCopy[] =
    "SELECT 1 FROM copy WHERE sha256 = ? AND store = ? AND damaged IS NULL AND leaving IS NULL";
constexpr char kBegin[] =
    "INSERT INTO transfer (sha256, store, serial, until) VALUES (?, ?, ?, " NOW " + ?)";
constexpr char kTake[] =
    "UPDATE transfer SET serial = ?, until = " NOW " + ?, sent = 0 WHERE sha256 = ? AND store = ?";
constexpr char kRenew[] = "UPDATE transfer SET until = " NOW
                          " + ?, sent = ? WHERE sha256 = ? AND store = ? AND serial = ?";
constexpr char kEnd[] = "DELETE FROM transfer WHERE sha256 = ? AND store = ? AND serial = ?";
constexpr char kReplaced[] =
    "SELECT serial FROM copy WHERE sha256 = ? AND store = ? AND serial <> 0";
constexpr char kAddCopy[] =
    "REPLACE INTO copy (sha256, store, serial, etag, made, verified, digested)"
    " VALUES (?, ?, ?, ?, " NOW ", " NOW ", " NOW ")";
constexpr char kGiveUp[] =
    "UPDATE transfer SET serial = 0, until = " NOW
    " + ?, tries = tries + 1, error = LEFT(?, 255) WHERE sha256 = ? AND store = ? AND serial = ?";
constexpr char kAbandoned[] =
    "SELECT sha256, store, serial FROM transfer"
    " WHERE store <> 'local' AND until <= " NOW " - ? LIMIT ? FOR UPDATE";
constexpr char kTries[] = "SELECT tries FROM transfer WHERE sha256 = ? AND store = ?";
constexpr char kEndPauses[] = "UPDATE transfer SET until = 0 WHERE serial = 0 AND until > " NOW;
constexpr char kEndPause[] =
    "UPDATE transfer SET until = 0 WHERE sha256 = ? AND store = ? AND serial = 0";
constexpr char kCopies[] =
    "SELECT COUNT(*), COALESCE(SUM(IF(c.damaged IS NULL, b.size, 0)), 0),"
    " COUNT(c.damaged) FROM copy c JOIN `blob` b ON b.sha256 = c.sha256 WHERE c.store = ?";
constexpr char kWaiting[] = "SELECT COUNT(*), COALESCE(SUM(b.size), 0)" FROM_WANTED;
// What failed for a blob nobody wants any more is not to be tried again.
constexpr char kUnderway[] =
    "SELECT COALESCE(SUM(t.serial <> 0 AND t.until > " NOW
    "), 0), COALESCE(SUM(IF(t.serial <> 0, t.sent, 0)), 0),"
    " COALESCE(SUM(b.sha256 IS NOT NULL AND t.tries > 0), 0),"
    " COALESCE(MAX(IF(b.sha256 IS NULL, '', t.error)), '')"
    " FROM transfer t LEFT JOIN `blob` b ON b.sha256 = t.sha256 AND b.refs > 0 AND NOT b.doomed"
    " WHERE t.store = ?";
constexpr char kRemnants[] = "SELECT COUNT(*) FROM remnant WHERE store = ? AND NOT removed";

struct Holder {
  std::uint64_t serial = 0;
  bool holds = false;
};

Result<std::optional<Holder>> find_holder(Transaction& tx, const Sha256& sha256,
                                          std::string_view store) {
  std::optional<Holder> holder;
  auto found = tx.query(kHolder, {sha256, store}, [&](const Row& row) {
    holder = Holder{.serial = row.number(0), .holds = row.number(1) != 0};
  });
  if (!found) return found.error();
  return holder;
}

// What is in the store under that key, or may come there, is nobody's. The local disk has one key
// for a blob, and what is there under another name the sweeper takes.
Result<> leave_remnant(Transaction& tx, std::string_view store, const Sha256& sha256,
                       std::uint64_t serial) {
  if (serial == 0 || store == kLocal) return {};
  return add_remnant(tx, store, sha256, serial);
}

}  // namespace

Result<std::vector<Wanted>> wanted_copies(Connection& db, std::string_view store, const Tier& tier,
                                          const Sha256& after, const Sha256& last,
                                          std::size_t limit) {
  std::vector<Wanted> wanted;
  auto found = db.query(
      kWanted, {store, tier.after_ms, tier.smallest, tier.largest, store, after, last, limit},
      [&](const Row& row) {
        wanted.push_back({blob_of(row), std::string(store)});
      });
  if (!found) return found.error();
  return wanted;
}

Result<std::vector<Wanted>> recalls(Connection& db, std::size_t limit) {
  std::vector<Wanted> wanted;
  auto found = db.query(kRecalls, {limit}, [&](const Row& row) {
    wanted.push_back({blob_of(row), std::string(kLocal)});
  });
  if (!found) return found.error();
  return wanted;
}

Result<> recall(Transaction& tx, const Sha256& sha256) {
  auto added = tx.run(kRecall, {sha256});
  if (!added) return added.error();
  return {};
}

Result<bool> claim(Transaction& tx, const Sha256& sha256, std::string_view store,
                   std::uint64_t serial, std::uint64_t lease_ms) {
  auto holder = find_holder(tx, sha256, store);
  if (!holder) return holder.error();
  if (*holder && (*holder)->holds) return false;
  if (!*holder) {
    auto begun = tx.run(kBegin, {sha256, store, serial, lease_ms});
    if (!begun && begun.error().code == Errc::conflict) return false;
    if (!begun) return begun.error();
  } else if (auto left = leave_remnant(tx, store, sha256, (*holder)->serial); !left) {
    return left.error();
  }
  // Somebody else may have made it by now. The row is ours, and without it nobody can any more.
  bool there = false;
  auto found = tx.query(kHasCopy, {sha256, store}, [&](const Row&) { there = true; });
  if (!found) return found.error();
  if (there) {
    auto ended = tx.run(kEnd, {sha256, store, *holder ? (*holder)->serial : serial});
    if (!ended) return ended.error();
    return false;
  }
  if (!*holder) return true;
  if (auto taken = tx.run(kTake, {serial, lease_ms, sha256, store}); !taken) return taken.error();
  return true;
}

Result<bool> renew(Connection& db, const Sha256& sha256, std::string_view store,
                   std::uint64_t serial, std::uint64_t lease_ms, std::uint64_t sent) {
  auto renewed = db.run(kRenew, {lease_ms, sent, sha256, store, serial});
  if (!renewed) return renewed.error();
  return renewed->rows == 1;
}

// The blob before its transfer, as everywhere.
Result<bool> settle(Transaction& tx, const Sha256& sha256, std::string_view store,
                    std::uint64_t serial, std::string_view etag) {
  auto blob = lock_blob(tx, sha256);
  if (!blob) return blob.error();
  auto ended = tx.run(kEnd, {sha256, store, serial});
  if (!ended) return ended.error();
  if (!*blob || ended->rows == 0) {
    if (auto left = leave_remnant(tx, store, sha256, serial); !left) return left.error();
    return false;
  }
  std::uint64_t replaced = 0;
  auto found =
      tx.query(kReplaced, {sha256, store}, [&](const Row& row) { replaced = row.number(0); });
  if (!found) return found.error();
  if (auto left = leave_remnant(tx, store, sha256, replaced); !left) return left.error();
  std::uint64_t key = store == kLocal ? 0 : serial;
  if (auto added = tx.run(kAddCopy, {sha256, store, key, etag}); !added) return added.error();
  return true;
}

Result<> give_up(Transaction& tx, const Sha256& sha256, std::string_view store,
                 std::uint64_t serial, std::string_view error, std::uint64_t pause_ms) {
  auto given_up = tx.run(kGiveUp, {pause_ms, error, sha256, store, serial});
  if (!given_up) return given_up.error();
  return leave_remnant(tx, store, sha256, serial);
}

Result<std::size_t> abandon_transfers(Transaction& tx, std::uint64_t grace_ms, std::size_t limit) {
  struct Abandoned {
    Sha256 sha256;
    std::string store;
    std::uint64_t serial;
  };
  std::vector<Abandoned> all;
  auto found = tx.query(kAbandoned, {grace_ms, limit}, [&](const Row& row) {
    all.push_back({row.bytes<32>(0), std::string(row.text(1)), row.number(2)});
  });
  if (!found) return found.error();
  for (const auto& [sha256, store, serial] : all) {
    if (auto left = leave_remnant(tx, store, sha256, serial); !left) return left.error();
    if (auto ended = tx.run(kEnd, {sha256, store, serial}); !ended) return ended.error();
  }
  return all.size();
}

Result<unsigned> failed_tries(Connection& db, const Sha256& sha256, std::string_view store) {
  unsigned tries = 0;
  auto found = db.query(kTries, {sha256, store},
                        [&](const Row& row) { tries = static_cast<unsigned>(row.number(0)); });
  if (!found) return found.error();
  return tries;
}

Result<std::uint64_t> end_pauses(Connection& db) {
  auto ended = db.run(kEndPauses, {});
  if (!ended) return ended.error();
  return ended->rows;
}

Result<> end_pause(Connection& db, const Sha256& sha256, std::string_view store) {
  auto ended = db.run(kEndPause, {sha256, store});
  if (!ended) return ended.error();
  return {};
}

Result<TransferState> transfer_state(Connection& db, std::string_view store, const Tier& tier) {
  TransferState state;
  auto copies = db.query(kCopies, {store}, [&](const Row& row) {
    state.damaged = row.number(2);
    state.copies = row.number(0) - state.damaged;
    state.bytes = row.number(1);
  });
  if (!copies) return copies.error();
  auto waiting =
      db.query(kWaiting, {store, tier.after_ms, tier.smallest, tier.largest}, [&](const Row& row) {
        state.waiting = row.number(0);
        state.waiting_bytes = row.number(1);
      });
  if (!waiting) return waiting.error();
  auto underway = db.query(kUnderway, {store}, [&](const Row& row) {
    state.underway = row.number(0);
    state.sent = row.number(1);
    state.failing = row.number(2);
    state.error = row.text(3);
  });
  if (!underway) return underway.error();
  auto remnants =
      db.query(kRemnants, {store}, [&](const Row& row) { state.remnants = row.number(0); });
  if (!remnants) return remnants.error();
  return state;
}

}  // namespace coffer
