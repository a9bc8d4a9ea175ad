// sweeper - remove what nobody needs any more
//
//   sweeper          once over everything, by cron; exit 0, or 1 if something could not be done
//
// In this order: what killed uploads left behind, and their reservations; uploads in pieces that
// nobody has gone on with; challenges, sessions and counts of guesses that are over; trash past its
// age; what was deleted for good; accounts that were closed; blobs that nobody refers to, after the
// grace time; files in the store that no row knows, and damaged ones that are needed no longer;
// previews of blobs that are gone, and old ones; copies that were begun and that nobody goes on
// with; what is in other stores and is no copy. One sweeper at a time: another one leaves.
//
// The line in the log for a blob that was removed is the receipt: it names every place where its
// bytes were, and says "removed", or "later" for a store that does not answer; another line follows
// then. A blob goes in three committed steps (meta/blob.h), so that a sweeper may be killed at any
// moment, and an upload of the same bytes at that moment neither loses them nor is lied to.

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <iostream>

#include "base/log.h"
#include "base/text.h"
#include "coffer/remnants.h"
#include "coffer/resume.h"
#include "meta/blob.h"
#include "meta/challenge.h"
#include "meta/copy.h"
#include "meta/event.h"
#include "meta/guess.h"
#include "meta/invitation.h"
#include "meta/session.h"
#include "meta/transfer.h"
#include "meta/trash.h"
#include "meta/upload.h"
#include "meta/user.h"

namespace {

using namespace coffer;

constexpr std::size_t kAtATime = 500;
constexpr std::chrono::seconds kPatience{10};  // with a store

Result<> sweep_uploads(App& app, RemnantSweep&) {
  auto db = app.database.borrow();
  if (!db) return db.error();
  // The rows before the folders: an upload that begins in between has a folder that is held.
  auto uploads = list_uploads(**db);
  if (!uploads) return uploads.error();
  auto held = sweep_staging(app.config.store / "staging");
  if (!held) return held.error();
  for (const Upload& upload : *uploads) {
    if (std::find(held->begin(), held->end(), upload.staging) != held->end()) continue;
    auto released = transact(app.database, [&](Transaction& tx) { return release(tx, upload); });
    if (!released) return released;
    Log("sweeper").add("event", "released").add("bytes", upload.size).write();
  }
  return {};
}

// Uploads in pieces that nobody has gone on with, then files that no row needs: of those that have
// become files too, by the name that they had before. What is held is left alone.
Result<> sweep_resumables(App& app, RemnantSweep&) {
  for (bool more = true; more;) {
    Result<std::vector<Resumable>> overdue = std::vector<Resumable>{};
    {
      auto db = app.database.borrow();
      if (!db) return db.error();
      overdue = overdue_resumables(**db, kAtATime);
    }
    if (!overdue) return overdue.error();
    std::size_t ended = 0;
    for (const Resumable& upload : *overdue) {
      auto pieces = Pieces::take(pieces_path(app, upload.token_hash), {});
      if (!pieces && pieces.error().code == Errc::locked) continue;
      auto gone =
          transact(app.database, [&](Transaction& tx) { return end_resumable(tx, upload); });
      if (!gone && gone.error().code != Errc::not_found) return gone;
      if (!gone) continue;  // since it was listed, it has been gone on with, or has ended
      Log("sweeper").add("event", "ended").add("bytes", upload.offset).write();
      ended++;
    }
    more = ended == kAtATime;
  }
  std::error_code error;
  for (const auto& file : std::filesystem::directory_iterator(app.config.store / "resume", error)) {
    auto key = parse_key(file.path().filename().string());
    auto pieces = key ? Pieces::take(file.path(), {}) : Error{};
    if (!pieces) continue;
    auto db = app.database.borrow();
    if (!db) return db.error();
    auto needed = needs_pieces(**db, key->blob);
    if (!needed) return needed.error();
    if (!*needed) std::filesystem::remove(file.path(), error);
    if (auto given = pieces->give_back_unused(); !given) return given;
  }
  if (error) return Error{Errc::internal, "cannot sweep 'resume': " + error.message()};
  return {};
}

Result<> sweep_trash(App& app, RemnantSweep&) {
  Result<std::vector<User>> users = std::vector<User>{};
  {
    auto db = app.database.borrow();
    if (!db) return db.error();
    if (auto swept = sweep_sessions(**db); !swept) return swept.error();
    if (auto swept = sweep_guesses(**db); !swept) return swept.error();
    if (auto swept = sweep_events(**db, app.config.activity_ms); !swept) return swept.error();
    if (auto swept = sweep_invitations(**db); !swept) return swept.error();
    users = list_users(**db);
  }
  if (!users) return users.error();
  for (const User& user : *users) {
    auto emptied = empty_trash(app.database, user.id, app.config.trash_ms);
    if (!emptied) return emptied.error();
    for (bool more = true; more;) {
      auto purged = purge(app.database, user.id, kAtATime);
      if (!purged) return purged.error();
      more = *purged;
    }
  }
  return {};
}

Result<> sweep_claims(App& app, RemnantSweep&) {
  for (bool more = true; more;) {
    auto closed =
        transact(app.database, [&](Transaction& tx) { return sweep_challenges(tx, kAtATime); });
    if (!closed) return closed.error();
    more = *closed == kAtATime;
  }
  return {};
}

// What a user had who has deleted the account, in pieces, and then the account.
Result<> sweep_accounts(App& app, RemnantSweep&) {
  Result<std::vector<UserId>> users = std::vector<UserId>{};
  {
    auto db = app.database.borrow();
    if (!db) return db.error();
    users = closed_users(**db);
  }
  if (!users) return users.error();
  for (UserId user : *users) {
    for (bool more = true; more;) {
      auto cleared = transact(app.database, [&](Transaction& tx) -> Result<bool> {
        auto files = clear_folder(tx, user, kRoot);
        if (!files || *files) return files;
        return clear_folder(tx, user, kTrash);
      });
      if (!cleared) return cleared.error();
      auto purged = purge(app.database, user, kAtATime);
      if (!purged) return purged.error();
      more = *cleared || *purged;
    }
    auto gone = transact(app.database, [&](Transaction& tx) { return forget_user(tx, user); });
    if (!gone) return gone.error();
    if (*gone) Log("sweeper").add("event", "forgotten").add("user", std::uint64_t(user)).write();
  }
  return {};
}

Result<bool> remove_blob(App& app, RemnantSweep& remnants, const Sha256& name) {
  auto doomed =
      transact(app.database, [&](Transaction& tx) { return doom(tx, name, app.config.grace_ms); });
  if (!doomed || !*doomed) return doomed;
  if (auto removed = app.local->remove(name); !removed) return removed.error();
  if (auto removed = app.previews.remove(name); !removed) return removed.error();
  auto copies = transact(app.database, [&](Transaction& tx) -> Result<std::vector<Copy>> {
    auto found = find_copies(tx, name);
    if (!found) return found;
    if (auto forgotten = forget_blob(tx, name); !forgotten) return forgotten.error();
    return found;
  });
  if (!copies) return copies.error();
  Log receipt("sweeper");
  receipt.add("event", "removed").add("sha256", hex(name)).add(kLocal, "removed");
  for (const Copy& copy : *copies) {
    if (copy.serial == 0) continue;
    auto gone = remnants.remove({.store = copy.store, .sha256 = name, .serial = copy.serial});
    if (!gone) return gone.error();
    receipt.add(copy.store, *gone ? "removed" : "later");
  }
  receipt.write();
  return true;
}

Result<> sweep_blobs(App& app, RemnantSweep& remnants) {
  for (;;) {
    std::vector<Sha256> names;
    {
      auto db = app.database.borrow();
      if (!db) return db.error();
      auto found = unreferenced_blobs(**db, app.config.grace_ms, kAtATime);
      if (!found) return found.error();
      names = std::move(*found);
    }
    std::size_t removed = 0;
    for (const Sha256& name : names) {
      auto gone = remove_blob(app, remnants, name);
      if (!gone) return gone.error();
      removed += *gone;
    }
    if (removed == 0) return {};
  }
}

bool is_old(const std::filesystem::path& path, std::uint64_t grace_ms) {
  struct stat info;
  if (::lstat(path.c_str(), &info) != 0) return false;
  auto age = std::chrono::system_clock::now() -
             std::chrono::system_clock::from_time_t(info.st_ctim.tv_sec);
  return age > std::chrono::milliseconds(grace_ms);
}

// A crash in the middle of a store's put() leaves a file under a temporary name.
Result<> sweep_temporaries(App& app, RemnantSweep&) {
  std::error_code error;
  for (const auto& folder : std::filesystem::directory_iterator(app.config.store / "blob", error))
    for (const auto& file : std::filesystem::directory_iterator(folder.path(), error))
      if (file.path().filename().string().starts_with('.') &&
          is_old(file.path(), app.config.grace_ms))
        std::filesystem::remove(file.path(), error);
  if (error) return Error{Errc::internal, "cannot sweep the store: " + error.message()};
  return {};
}

// A blob that comes back may be here before its copy is noted, or because its mover died in
// between.
Result<> remove_uncounted(App& app, const Sha256& name) {
  return transact(app.database, [&](Transaction& tx) -> Result<> {
    auto blob = lock_blob(tx, name);
    if (!blob) return blob.error();
    auto copies = find_copies(tx, name);
    if (!copies) return copies.error();
    if (!*blob || std::ranges::find(*copies, kLocal, &Copy::store) != copies->end()) return {};
    Log("sweeper").add("event", "uncounted").add("sha256", hex(name)).write();
    return app.local->remove(name);
  });
}

// A crash between the link and the commit leaves bytes that no row knows.
Result<> sweep_strays(App& app, RemnantSweep& remnants) {
  std::optional<Key> after;
  for (;;) {
    auto keys = app.local->list(after, kAtATime);
    if (!keys) return keys.error();
    if (keys->empty()) return {};
    after = keys->back();
    for (const auto& [name, serial] : *keys) {
      auto db = app.database.borrow();
      if (!db) return db.error();
      auto copies = find_copies(**db, name);
      if (!copies) return copies.error();
      if (std::ranges::find(*copies, kLocal, &Copy::store) != copies->end()) continue;
      auto known = find_blob(**db, name);
      if (!known && known.error().code != Errc::not_found) return known.error();
      db->reset();
      if (!is_old(*app.local->path(name), app.config.grace_ms)) continue;
      auto gone = known ? remove_uncounted(app, name) : Result<>{};
      if (!gone) return gone;
      if (known) continue;
      if (auto removed = remove_blob(app, remnants, name); !removed) return removed.error();
    }
  }
}

// What was found damaged is kept until there is a good copy here again, or nobody needs any.
Result<> sweep_quarantine(App& app, RemnantSweep&) {
  std::error_code error;
  for (const auto& file :
       std::filesystem::directory_iterator(app.config.store / "quarantine", error)) {
    auto text = file.path().filename().string();
    auto key = parse_key(text.substr(0, text.find('.')));
    if (!key || !is_old(file.path(), app.config.grace_ms)) continue;
    auto db = app.database.borrow();
    if (!db) return db.error();
    auto known = find_blob(**db, key->blob);
    if (!known && known.error().code != Errc::not_found) return known.error();
    auto copies = find_copies(**db, key->blob);
    if (!copies) return copies.error();
    bool healed = std::ranges::any_of(*copies, [](const Copy& copy) { return copy.good(); });
    if (!known || healed) std::filesystem::remove(file.path(), error);
  }
  return {};
}

// A program that was killed between making a preview and looking whether its blob is still there
// leaves one that has none.
Result<> sweep_previews(App& app, RemnantSweep&) {
  return app.previews.sweep([&](const Sha256& name) -> Result<bool> {
    auto db = app.database.borrow();
    if (!db) return db.error();
    auto known = find_blob(**db, name);
    if (!known && known.error().code != Errc::not_found) return known.error();
    return bool(known);
  });
}

// A mover that was killed leaves a transfer, which the next one goes on with: if the copy is still
// wanted.
Result<> sweep_transfers(App& app, RemnantSweep&) {
  for (bool more = true; more;) {
    auto ended = transact(app.database, [&](Transaction& tx) {
      return abandon_transfers(tx, app.config.grace_ms, kAtATime);
    });
    if (!ended) return ended.error();
    more = *ended == kAtATime;
  }
  return {};
}

Result<> sweep_stores(App&, RemnantSweep& remnants) { return remnants.remove_all(); }

}  // namespace

int main() {
  auto app = open_app();
  if (!app) {
    Log("sweeper").add("event", "refused").add("error", app.error().message).write();
    return 1;
  }
  // The lock is the kernel's: a sweeper that is stopped still holds it, one that dies does not.
  auto lock = open_file((*app)->config.store / "sweeper.lock", O_RDWR | O_CREAT);
  if (!lock) {
    Log("sweeper").add("event", "refused").add("error", lock.error().message).write();
    return 1;
  }
  if (::flock(lock->get(), LOCK_EX | LOCK_NB) != 0) {
    Log("sweeper").add("event", "busy").write();
    return 0;
  }
  int status = 0;
  Stores stores(**app, kPatience);
  RemnantSweep remnants(**app, stores);
  for (auto sweep : {sweep_uploads, sweep_resumables, sweep_claims, sweep_trash, sweep_accounts,
                     sweep_blobs, sweep_temporaries, sweep_strays, sweep_quarantine, sweep_previews,
                     sweep_transfers, sweep_stores}) {
    auto swept = sweep(**app, remnants);
    if (swept) continue;
    Log("sweeper").add("event", "failed").add("error", swept.error().message).write();
    status = 1;
  }
  return status;
}
