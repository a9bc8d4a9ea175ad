// Resume: uploads that come in pieces, each at the place where the one before has ended, until
// they are whole and become files like any other: what the program `resume` speaks tus for.
//
//   Resume resume(app, caller, request);
//   auto token = resume.begin(upload);              // Resumable with size, folder, name
//   auto held = resume.hold(token_hash(token), Resume::How::wait);
//   resume.receive(*held, length, {});
//
// A piece counts once its bytes are synced and a transaction says so, with the digests' state,
// so nothing is read again; the last one is followed by the transaction that makes it a file.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coffer/app.h"
#include "coffer/pieces.h"
#include "coffer/session.h"
#include "coffer/staging.h"
#include "meta/resumable.h"

namespace coffer {

class Ingest;

/// An upload that nobody else can go on with or end.
struct Held {
  Resumable upload;
  std::optional<Pieces> pieces{};  // until it is a file
};

/// Where the file of an upload is.
std::filesystem::path pieces_path(const App& app, const Sha256& token_hash);

class Resume {
 public:
  Resume(App& app, const Caller& caller, Request& request)
      : app_(app), caller_(caller), request_(request) {}

  /// Reserves its size and makes it. Returns the token of its address. Errc::too_large or
  /// Errc::no_space if there is no room, Errc::too_many if the user has very many.
  Result<std::string> begin(Resumable upload);

  /// Whether it waits for another request with the same upload for a moment, or makes it end: who
  /// asks where to go on knows of a broken line before we do. Who ends it gets it without its
  /// pieces, too, should they be lost.
  enum class How { wait, interrupt, end };

  /// The caller's upload. Errc::not_found if there is none, Errc::locked if it is held.
  Result<Held> hold(const Sha256& token_hash, How how);

  /// Takes in the next piece, see Pieces::receive(), and finishes what is whole then.
  Result<> receive(Held& held, std::uint64_t length, const std::optional<Declared>& checksum);

  /// Makes a file of what is whole; nothing of what is not, or is a part of another one. If its
  /// folder is gone it comes to lie in the caller's root, and replaces nothing there. Errors are
  /// those of Ingest::commit(), and the upload stays as it is, but for Errc::mismatch: ended.
  Result<> finish(Held& held);

  /// Makes one file of whole parts, which end. `upload` says which and where to. Returns its token.
  Result<std::string> join(Resumable upload, const std::vector<std::string_view>& tokens);

  /// Ends it and removes what has come.
  Result<> end(Held& held);

  /// What is known of it now.
  Result<Resumable> find(const Sha256& token_hash);

 private:
  Result<> make_file(Ingest& ingest, Resumable& upload, Staged staged,
                     const std::vector<Resumable>& parts);

  App& app_;
  const Caller& caller_;
  Request& request_;
};

}  // namespace coffer
