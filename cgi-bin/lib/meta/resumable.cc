#include "meta/resumable.h"

#include "base/text.h"
#include "meta/upload.h"
#include "meta/user.h"

namespace coffer {
namespace {

#define COLUMNS                                                                   \
  "r.token_hash, r.owner, r.upload, r.size, r.at, r.state, r.metadata, r.concat," \
  " r.folder, r.name, r.conflict, r.sha256, r.entry, r.expires"

constexpr char kAdd[] =
    "INSERT INTO resumable (token_hash, owner, upload, size, at, state, metadata, concat, folder,"
    " name, conflict, sha256, entry, expires)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, UNIX_TIMESTAMP(NOW(3)) * 1000 + ?)";
constexpr char kFind[] = "SELECT " COLUMNS
                         " FROM resumable r WHERE r.token_hash = ? AND r.owner = ?"
                         " AND r.expires > UNIX_TIMESTAMP(NOW(3)) * 1000";
constexpr char kList[] = "SELECT " COLUMNS
                         " FROM resumable r WHERE r.owner = ? AND r.entry IS NULL"
                         " AND r.expires > UNIX_TIMESTAMP(NOW(3)) * 1000"
                         " ORDER BY r.expires DESC, r.token_hash LIMIT ?";
constexpr char kCount[] = "SELECT COUNT(*) FROM resumable WHERE owner = ?";
constexpr char kForgetFinished[] =
    "DELETE FROM resumable WHERE owner = ? AND entry IS NOT NULL ORDER BY expires LIMIT 1";
constexpr char kAdvance[] =
    "UPDATE resumable SET at = ?, state = ?, expires = UNIX_TIMESTAMP(NOW(3)) * 1000 + ?"
    " WHERE token_hash = ? AND at = ? AND entry IS NULL";
constexpr char kFinish[] =
    "UPDATE resumable SET entry = ?, upload = 0 WHERE token_hash = ? AND entry IS NULL";
constexpr char kEnd[] = "DELETE FROM resumable WHERE token_hash = ? AND at = ?";
constexpr char kOverdue[] = "SELECT " COLUMNS
                            " FROM resumable r LEFT JOIN user u ON u.id = r.owner"
                            " WHERE r.expires <= UNIX_TIMESTAMP(NOW(3)) * 1000"
                            " OR u.id IS NULL OR u.closed IS NOT NULL LIMIT ?";
constexpr char kNeedsPieces[] = "SELECT 1 FROM resumable WHERE token_hash = ? AND entry IS NULL";

Result<Resumable> resumable_of(const Row& row) {
  auto state = decode(bytes_of(row.text(5)));
  if (!state) return Error{Errc::internal, "an upload's digests are not readable"};
  Resumable upload{.token_hash = row.bytes<32>(0),
                   .owner = row.id<UserId>(1),
                   .upload = row.id<UploadId>(2),
                   .size = row.number(3),
                   .offset = row.number(4),
                   .state = *state,
                   .metadata = std::string(row.text(6)),
                   .concat = std::string(row.text(7)),
                   .folder = row.id<EntryId>(8),
                   .name = std::string(row.text(9)),
                   .conflict = static_cast<Conflict>(row.number(10)),
                   .expires = row.id<Time>(13)};
  if (!row.null(11)) upload.sha256 = row.bytes<32>(11);
  if (!row.null(12)) upload.entry = row.id<EntryId>(12);
  return upload;
}

Result<std::vector<Resumable>> select(Connection& db, const char* sql,
                                      std::initializer_list<Value> values) {
  std::vector<Resumable> uploads;
  Result<> fine;
  auto found = db.query(sql, values, [&](const Row& row) {
    auto upload = resumable_of(row);
    if (upload)
      uploads.push_back(std::move(*upload));
    else
      fine = upload.error();
  });
  if (!found) return found.error();
  if (!fine) return fine.error();
  return uploads;
}

Error ended() { return {Errc::not_found, "no such upload, or it has ended"}; }

// Of those that are files nobody needs to hear for long.
Result<> make_room(Transaction& tx, UserId owner) {
  std::uint64_t count = 0;
  auto found = tx.query(kCount, {owner}, [&](const Row& row) { count = row.number(0); });
  if (!found || count < kMostResumables) return found;
  return expect_one(tx.run(kForgetFinished, {owner}),
                    {Errc::too_many, "you have too many unfinished uploads: finish or end some"});
}

template <class T>
Value value_of(const std::optional<T>& value) {
  return value ? Value(*value) : Value(nullptr);
}

}  // namespace

Result<> add_resumable(Transaction& tx, const Resumable& upload, std::uint64_t life_ms) {
  if (auto room = make_room(tx, upload.owner); !room) return room;
  auto added = tx.run(
      kAdd, {upload.token_hash, upload.owner, upload.upload, upload.size, upload.offset,
             encode(upload.state), upload.metadata, upload.concat, upload.folder, upload.name,
             upload.conflict, value_of(upload.sha256), value_of(upload.entry), life_ms});
  if (!added) return added.error();
  return count_change(tx, upload.owner);
}

Result<Resumable> find_resumable(Connection& db, UserId owner, const Sha256& token_hash) {
  auto found = select(db, kFind, {token_hash, owner});
  if (!found) return found.error();
  if (found->empty()) return ended();
  return std::move(found->front());
}

Result<std::vector<Resumable>> list_resumables(Connection& db, UserId owner, std::size_t limit) {
  return select(db, kList, {owner, limit});
}

Result<> advance_resumable(Transaction& tx, const Resumable& upload, std::uint64_t from,
                           std::uint64_t life_ms) {
  auto advanced =
      tx.run(kAdvance, {upload.offset, encode(upload.state), life_ms, upload.token_hash, from});
  return expect_one(advanced, {Errc::conflict, "the upload is not where it was"});
}

Result<> finish_resumable(Transaction& tx, const Sha256& token_hash, EntryId entry) {
  return expect_one(tx.run(kFinish, {entry, token_hash}), ended());
}

Result<> end_resumable(Transaction& tx, const Resumable& upload) {
  if (auto gone = expect_one(tx.run(kEnd, {upload.token_hash, upload.offset}), ended()); !gone)
    return gone;
  if (auto counted = count_change(tx, upload.owner); !counted) return counted;
  return release(tx, {.id = upload.upload, .owner = upload.owner, .size = upload.size});
}

Result<std::vector<Resumable>> overdue_resumables(Connection& db, std::size_t limit) {
  return select(db, kOverdue, {limit});
}

Result<bool> needs_pieces(Connection& db, const Sha256& token_hash) {
  bool needed = false;
  auto found = db.query(kNeedsPieces, {token_hash}, [&](const Row&) { needed = true; });
  if (!found) return found.error();
  return needed;
}

}  // namespace coffer
