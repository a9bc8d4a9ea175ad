// Bulk: the files and folders of an archive that somebody sends, below a folder of theirs.
//
//   Bulk bulk(app, ingest, request, caller, like);
//   auto end = bulk.take(*request.body, *request.length);
//
// They come in by groups, each synced and committed at once, and what has become of each is
// written down when its group is durable. Memory depends on the size of a group, and the account of
// the files grows with their number, which is limited.

#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/untar.h"
#include "coffer/arrivals.h"
#include "coffer/session.h"

namespace coffer {

/// So many files and folders an archive may have, and so many folders on their ways.
inline constexpr std::size_t kMostMembers = 10'000;

class Bulk {
 public:
  /// Files are put as `like` says, which also names the folder.
  Bulk(App& app, Ingest& ingest, const Request& request, const Caller& caller, NewFile like);

  /// Takes the archive in, to its end or the first error that is one of all of it: it is damaged,
  /// the disk is full, the database does not answer. What is in then stays.
  Result<> take(Source& body, std::uint64_t length);

  /// How many members are durable, and how many were refused.
  std::size_t came() const { return came_; }
  std::size_t refused() const { return refused_; }

  /// {"files":[...]}: what has become of each; and after an error that ended the archive, of which
  /// nothing is in that is not among them, also "error" and "status".
  std::string account(const Result<>& end);

 private:
  struct Folder {
    EntryId id{};
    bool is_new = false;  // there was none
  };
  struct Member {
    std::string path;
    std::vector<std::string> folders;  // on its way
    std::string name;                  // "" for the folder of `like`
    bool is_folder = false;
    std::optional<Error> refused;
    Staged staged;
    EntryId parent{};
    std::optional<Folder> made;  // of a folder
  };
  using Folders = std::map<std::pair<EntryId, std::string>, EntryId>;
  struct Making;  // of a group's folders

  Result<> take_member(Untar& archive, UntarMember its, std::uint64_t left);
  Result<std::optional<Error>> receive(Untar& archive, const UntarMember& its, Member& member);
  Result<> commit();
  Result<> make_folders();
  Result<Folder> folder_in(Making& making, EntryId parent, const std::string& name);
  Result<> find_place(Making& making, Member& member);
  void write(const Member& member, const Arrival* arrival, const Result<Put>* put);

  App& app_;
  Ingest& ingest_;
  const Request& request_;
  const Caller& caller_;
  NewFile like_;
  Folders known_;  // those that are there
  std::vector<Member> group_;
  std::uint64_t bytes_ = 0;  // of the group
  std::size_t depth_ = 0;    // of its paths, added up
  std::size_t came_ = 0;
  std::size_t refused_ = 0;
  JsonWriter json_;
};

}  // namespace coffer
