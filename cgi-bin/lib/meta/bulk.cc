#include "meta/bulk.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/json.h"
#include "base/text.h"
#include "meta/user.h"

#define NOW "UNIX_TIMESTAMP(NOW(3)) * 1000"

namespace coffer {
namespace {

// A file whose name is taken is left out.
constexpr char kPutFiles[] =
    "INSERT IGNORE INTO entry (owner, parent, name, folder, sha256, size, created, modified)"
    " SELECT ?, j.parent, j.name, FALSE, UNHEX(j.sha256), j.size, " NOW ", " NOW
    " FROM JSON_TABLE(?, '$[*]' COLUMNS (parent BIGINT UNSIGNED PATH '$[0]',"
    " name VARCHAR(255) CHARACTER SET utf8mb4 PATH '$[1]', sha256 CHAR(64) PATH '$[2]',"
    " size BIGINT UNSIGNED PATH '$[3]')) j";
constexpr char kFindPut[] = "SELECT id, parent, name FROM entry WHERE owner = ? AND id >= ?";
constexpr char kAddReferences[] =
    "INSERT INTO `blob` (sha256, size, sha1, md5, crc32, crc64, refs, touched)"
    " SELECT UNHEX(j.sha256), j.size, UNHEX(j.sha1), UNHEX(j.md5), UNHEX(j.crc32),"
    " UNHEX(j.crc64), 1, " NOW
    " FROM JSON_TABLE(?, '$[*]' COLUMNS (sha256 CHAR(64) PATH '$[0]',"
    " size BIGINT UNSIGNED PATH '$[1]', sha1 CHAR(40) PATH '$[2]', md5 CHAR(32) PATH '$[3]',"
    " crc32 CHAR(8) PATH '$[4]', crc64 CHAR(16) PATH '$[5]')) j"
    " ON DUPLICATE KEY UPDATE refs = refs + 1, touched = " NOW;
constexpr char kAnyDoomed[] =
    "SELECT COUNT(*) FROM JSON_TABLE(?, '$[*]' COLUMNS (sha256 CHAR(64) PATH '$[0]')) j"
    " STRAIGHT_JOIN `blob` b ON b.sha256 = UNHEX(j.sha256) WHERE b.doomed";
constexpr char kAddCopies[] =
    "INSERT INTO copy (sha256, store, made, verified, digested)"
    " SELECT UNHEX(j.sha256), 'local', " NOW ", " NOW ", " NOW
    " FROM JSON_TABLE(?, '$[*]' COLUMNS (sha256 CHAR(64) PATH '$[0]')) j"
    " ON DUPLICATE KEY UPDATE leaving = NULL, damaged = NULL";
constexpr char kRecord[] =
    "INSERT INTO event (at, owner, actor, action, entry, name, address, request)"
    " SELECT " NOW
    ", ?, ?, j.action, j.entry, j.name, ?, ?"
    " FROM JSON_TABLE(?, '$[*]' COLUMNS (action VARCHAR(32) CHARACTER SET utf8mb4 PATH '$[0]',"
    " entry BIGINT UNSIGNED PATH '$[1]', name VARCHAR(255) CHARACTER SET utf8mb4 PATH '$[2]')) j";

// An array of what `write` makes of each of `things`.
template <class T, class Write>
std::string rows_of(const std::vector<T>& things, Write&& write) {
  JsonWriter json;
  json.begin_array();
  for (const T& thing : things) {
    json.begin_array();
    write(json, thing);
    json.end_array();
  }
  json.end_array();
  return std::move(json.text());
}

// The folders of the files, all of them locked, without those that are not there.
Result<std::set<EntryId>> lock_folders(Transaction& tx, UserId owner,
                                       const std::vector<NewFile>& files) {
  std::set<EntryId> folders;
  for (const NewFile& file : files) folders.insert(file.folder);
  FolderLocks locks(tx, owner);
  for (auto at = folders.begin(); at != folders.end();) {
    auto locked = locks.lock(*at);
    if (!locked && locked.error().code != Errc::not_found) return locked.error();
    at = locked ? std::next(at) : folders.erase(at);
  }
  return folders;
}

}  // namespace

// Ids only grow, and no other statement gets one while this runs; so what has an id from the first
// on, and the name, is the file that was put.
Result<std::vector<EntryId>> put_new_files(Transaction& tx, UserId owner,
                                           const std::vector<NewFile>& files) {
  auto folders = lock_folders(tx, owner, files);
  if (!folders) return folders.error();
  std::map<std::pair<EntryId, std::string_view>, std::size_t> wanted;
  std::vector<const NewFile*> chosen;
  for (std::size_t i = 0; i < files.size(); i++) {
    const NewFile& file = files[i];
    if (file.precondition.must_exist || file.precondition.must_be) continue;
    if (folders->contains(file.folder) && wanted.try_emplace({file.folder, file.name}, i).second)
      chosen.push_back(&file);
  }
  std::vector<EntryId> ids(files.size());
  if (chosen.empty()) return ids;
  auto rows = rows_of(chosen, [](JsonWriter& json, const NewFile* file) {
    json.value(std::uint64_t(file->folder));
    json.value(file->name);
    json.value(hex(file->sha256));
    json.value(file->size);
  });
  auto put = tx.run(kPutFiles, {owner, rows});
  if (!put) return put.error();
  if (put->rows == 0) return ids;
  std::size_t found = 0;
  auto seen = tx.query(kFindPut, {owner, put->id}, [&](const Row& row) {
    auto file = wanted.find({row.id<EntryId>(1), row.text(2)});
    if (file == wanted.end()) return;
    ids[file->second] = row.id<EntryId>(0);
    found++;
  });
  if (!seen) return seen.error();
  if (found != put->rows) return Error{Errc::internal, "files that were put are not there"};
  return ids;
}

// In the order of their names, so that two who have the same blobs wait for, and do not block, each
// other.
Result<bool> add_references(Transaction& tx, std::vector<Blob> blobs) {
  std::ranges::sort(blobs, {}, [](const Blob& blob) { return blob.digests.sha256; });
  auto rows = rows_of(blobs, [](JsonWriter& json, const Blob& blob) {
    json.value(hex(blob.digests.sha256));
    json.value(blob.size);
    json.value(hex(blob.digests.sha1));
    json.value(hex(blob.digests.md5));
    json.value(hex(blob.digests.crc32));
    json.value(hex(blob.digests.crc64));
  });
  auto added = tx.run(kAddReferences, {rows});
  if (!added) return added.error();
  if (added->rows == blobs.size()) return true;  // all are new
  std::uint64_t doomed = 0;
  auto found = tx.query(kAnyDoomed, {rows}, [&](const Row& row) { doomed = row.number(0); });
  if (!found) return found.error();
  return doomed == 0;
}

Result<> add_copies(Transaction& tx, const std::vector<Blob>& blobs) {
  auto rows = rows_of(
      blobs, [](JsonWriter& json, const Blob& blob) { json.value(hex(blob.digests.sha256)); });
  auto added = tx.run(kAddCopies, {rows});
  if (!added) return added.error();
  return {};
}

Result<> record_all(Transaction& tx, const Actor& actor, UserId owner,
                    const std::vector<Deed>& deeds) {
  auto rows = rows_of(deeds, [](JsonWriter& json, const Deed& deed) {
    json.value(deed.action);
    json.value(std::uint64_t(deed.entry));
    json.value(deed.name);
  });
  auto added = tx.run(kRecord, {owner, actor.user, actor.address, actor.request, rows});
  if (!added) return added.error();
  return count_change(tx, owner);
}

}  // namespace coffer
