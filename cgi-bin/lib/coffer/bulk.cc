#include "coffer/bulk.h"

#include <deque>

#include "base/name.h"
#include "base/text.h"
#include "coffer/page.h"
#include "meta/bulk.h"
#include "meta/entry.h"

namespace coffer {
namespace {

// A group's size: what is fast, and does not keep others waiting for long.
constexpr std::size_t kGroupMembers = 512;
constexpr std::size_t kGroupDepth = 4096;
constexpr std::uint64_t kGroupBytes = 32 * 1024 * 1024;

constexpr std::size_t kShownPath = 512;  // of one that is refused

constexpr std::string_view kDigestRecord = "COFFER.sha256";

Error too_many() {
  return {Errc::too_large,
          "an archive may have {} files and folders at most",
          {std::to_string(kMostMembers)}};
}

// A path that may be anything as text that can be shown.
std::string shown(std::string path) {
  if (path.size() > kShownPath) path = path.substr(0, kShownPath) + "...";
  if (is_utf8(path)) return path;
  for (char& c : path)
    if (static_cast<signed char>(c) < 0) c = '?';
  return path;
}

Result<std::vector<Declared>> declared_in(const UntarMember& member) {
  std::vector<Declared> declared;
  for (const auto& [key, value] : member.records) {
    if (key != kDigestRecord) continue;
    auto digest = unhex(value);
    if (!digest || digest->size() != size_of(Algorithm::sha256))
      return bad("'COFFER.sha256' is not a SHA-256 in hex");
    declared = {{Algorithm::sha256, std::move(*digest)}};
  }
  return declared;
}

std::optional<Error> refusal_of(const UntarMember& member, std::uint64_t most) {
  using enum UntarMember::Kind;
  if (member.kind == special) return bad("links, devices and pipes are not taken");
  if (member.kind == sparse) return bad("files with holes are not taken: archive without --sparse");
  if (member.kind == unknown) return bad("what is neither a file nor a folder is not taken");
  if (member.size > most)
    return Error{Errc::too_large, "a file may have {} here", {human_size(most)}};
  return {};
}

}  // namespace

Bulk::Bulk(App& app, Ingest& ingest, const Request& request, const Caller& caller, NewFile like)
    : app_(app), ingest_(ingest), request_(request), caller_(caller), like_(std::move(like)) {
  json_.begin_object();
  json_.key("files");
  json_.begin_array();
}

Result<> Bulk::take(Source& body, std::uint64_t length) {
  Untar archive(body);
  for (std::size_t members = 0;; members++) {
    auto its = archive.next();
    if (!its) return its.error();
    if (!*its) break;
    if (members == kMostMembers) return too_many();
    auto left = length - std::min(archive.offset(), length);
    if (auto taken = take_member(archive, std::move(**its), left); !taken) return taken;
    if (group_.size() >= kGroupMembers || bytes_ >= kGroupBytes || depth_ >= kGroupDepth)
      if (auto committed = commit(); !committed) return committed;
  }
  // Tools fill the last of their blocks up, and a body has to come whole.
  auto rest = copy(body, [](std::string_view) { return Result<>{}; });
  if (!rest) return rest.error();
  return commit();
}

Result<> Bulk::take_member(Untar& archive, UntarMember its, std::uint64_t left) {
  if (its.size > left) return bad("the archive is damaged: {}", {"it ends in the middle"});
  Member member;
  member.is_folder = its.kind == UntarMember::Kind::folder;
  auto names = names_in(its.path);
  if (auto refusal = refusal_of(its, app_.config.upload)) {
    member.refused = std::move(refusal);
  } else if (!names) {
    member.refused = names.error();
  } else if (names->empty() && !member.is_folder) {
    member.refused = bad("a name is missing");
  } else {
    if (!names->empty()) {
      member.name = std::move(names->back());
      names->pop_back();
    }
    member.folders = std::move(*names);
    depth_ += member.folders.size();
  }
  if (!member.refused && !member.is_folder) {
    auto refused = receive(archive, its, member);
    if (!refused) return refused.error();
    member.refused = std::move(*refused);
    bytes_ += member.staged.size;
  }
  member.path = member.refused ? shown(std::move(its.path)) : std::move(its.path);
  group_.push_back(std::move(member));
  return {};
}

// Receives a file's bytes; what is wrong with them is the file's own affair.
Result<std::optional<Error>> Bulk::receive(Untar& archive, const UntarMember& its, Member& member) {
  auto declared = declared_in(its);
  if (!declared) return std::optional(declared.error());
  auto staged = ingest_.receive_unsynced(archive, its.size);
  if (!staged) return staged.error();
  auto same = check_declared(*declared, staged->digests);
  if (!same) return std::optional(same.error());
  member.staged = std::move(*staged);
  return std::optional<Error>{};
}

struct Bulk::Making {
  Transaction& tx;
  FolderLocks locks;
  Folders known;
  std::deque<std::string> names;  // of those that are made
  std::vector<Deed> deeds;
};

// The folder of that name in another one; made, if there is none.
Result<Bulk::Folder> Bulk::folder_in(Making& making, EntryId parent, const std::string& name) {
  auto at = making.known.find({parent, name});
  if (at != making.known.end()) return Folder{at->second, false};
  if (making.known.size() == kMostMembers) return too_many();
  auto user = caller_.user.id;
  auto there = find_child(making.tx, user, parent, name);
  if (!there && there.error().code == Errc::not_found) {
    auto made = making.locks.make(parent, name);
    if (made) {
      making.known[{parent, name}] = *made;
      making.deeds.push_back({.owner = user,
                              .action = "folder",
                              .entry = *made,
                              .name = making.names.emplace_back(name)});
      return Folder{*made, true};
    }
    if (made.error().code != Errc::conflict) return made.error();
    there = find_child(making.tx, user, parent, name);  // somebody was faster
  }
  if (!there) return there.error();
  if (!there->folder) return Error{Errc::conflict, "'{}' is a file, and not a folder", {name}};
  making.known[{parent, name}] = there->id;
  return Folder{there->id, false};
}

Result<> Bulk::find_place(Making& making, Member& member) {
  member.parent = like_.folder;
  member.made.reset();
  for (const auto& name : member.folders) {
    auto folder = folder_in(making, member.parent, name);
    if (!folder) return folder.error();
    member.parent = folder->id;
  }
  if (!member.is_folder) return {};
  member.made = Folder{member.parent, false};
  if (member.name.empty()) return {};
  auto folder = folder_in(making, member.parent, member.name);
  if (!folder) return folder.error();
  member.made = *folder;
  return {};
}

// In a transaction of their own: an empty folder is nothing that anybody could take for a file, and
// where there are none to be made, it is not needed.
Result<> Bulk::make_folders() {
  bool any = false;
  for (Member& member : group_) {
    member.parent = like_.folder;
    any = any || (!member.refused && (member.is_folder || !member.folders.empty()));
  }
  if (!any) return {};
  std::vector<std::optional<Error>> refusals;
  Folders known;
  auto made = transact(app_.database, [&](Transaction& tx) -> Result<> {
    Making making{.tx = tx,
                  .locks = FolderLocks(tx, caller_.user.id),
                  .known = known_,
                  .names = {},
                  .deeds = {}};
    refusals.assign(group_.size(), {});
    for (std::size_t i = 0; i < group_.size(); i++) {
      if (group_[i].refused) continue;
      // What refuses a member is there already, so before that none was made for it; but for the
      // limit, which leaves an empty folder.
      auto found = find_place(making, group_[i]);
      if (found) continue;
      if (found.error().code >= Errc::internal) return found;
      refusals[i] = found.error();
    }
    known = std::move(making.known);
    if (making.deeds.empty()) return {};
    return record_all(tx, caller_.actor, caller_.user.id, making.deeds);
  });
  if (!made) return made;
  known_ = std::move(known);
  for (std::size_t i = 0; i < group_.size(); i++)
    if (refusals[i]) group_[i].refused = std::move(refusals[i]);
  return {};
}

Result<> Bulk::commit() {
  if (auto made = make_folders(); !made) return made;
  std::vector<Arrival> arrivals;
  for (Member& member : group_) {
    if (member.refused || member.is_folder) continue;
    NewFile file = like_;
    file.folder = member.parent;
    file.name = member.name;
    arrivals.push_back({std::move(file), std::move(member.staged)});
  }
  std::vector<Result<Put>> puts;
  if (!arrivals.empty()) {
    auto committed = ingest_.commit_each(arrivals);
    if (!committed) return committed.error();
    puts = std::move(*committed);
  }
  std::size_t next = 0;
  for (const Member& member : group_) {
    bool is_file = !member.refused && !member.is_folder;
    write(member, is_file ? &arrivals[next] : nullptr, is_file ? &puts[next] : nullptr);
    next += is_file;
  }
  group_.clear();
  bytes_ = depth_ = 0;
  return {};
}

void Bulk::write(const Member& member, const Arrival* arrival, const Result<Put>* put) {
  const Error* error = member.refused ? &*member.refused : put && !*put ? &put->error() : nullptr;
  error ? refused_++ : came_++;
  if (!error && arrival)
    return write_arrival(json_, arrival->file.folder, blob_of(arrival->staged), **put, member.path);
  json_.begin_object();
  json_.member("path", member.path);
  if (error) {
    json_.member("name", member.path);
    json_.member("error", sentence_of(app_, request_, *error));
    json_.member("status", unsigned(status_of(error->code)));
  } else {
    json_.member("id", std::uint64_t(member.made->id));
    json_.member("name", member.name);
    json_.member("folder", std::uint64_t(member.parent));
    json_.member("outcome", member.made->is_new ? "created" : "unchanged");
  }
  json_.end_object();
}

std::string Bulk::account(const Result<>& end) {
  json_.end_array();
  if (!end) {
    json_.member("error", sentence_of(app_, request_, end.error()));
    json_.member("status", unsigned(status_of(end.error().code)));
  }
  json_.end_object();
  return std::move(json_.text());
}

}  // namespace coffer
