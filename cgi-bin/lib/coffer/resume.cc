#include "coffer/resume.h"

#include <fcntl.h>
#include <unistd.h>

#include <set>

#include "base/text.h"
#include "coffer/entry_view.h"
#include "coffer/ingest.h"
#include "coffer/locate.h"
#include "digest/token.h"

namespace coffer {
namespace {

// One that is cut off has its last bytes to sync and to note.
constexpr std::chrono::milliseconds kMoment{200}, kUntilCutOff{10'000};

Error ended() { return {Errc::not_found, "no such upload, or it has ended"}; }

Upload reservation_of(const Resumable& upload) {
  return {.id = upload.upload, .owner = upload.owner, .size = upload.size};
}

// The bytes of whole parts, one after the other.
class Parts : public Source {
 public:
  explicit Parts(std::vector<std::pair<std::filesystem::path, std::uint64_t>> parts)
      : parts_(std::move(parts)) {}

  Result<std::size_t> read(std::span<char> buffer) override {
    for (;;) {
      auto n = current_ ? current_->read(buffer) : Result<std::size_t>(0);
      if (!n || *n > 0 || next_ == parts_.size()) return n;
      const auto& [path, size] = parts_[next_++];
      auto fd = open_file(path, O_RDONLY | O_NOFOLLOW);
      if (!fd && fd.error().code == Errc::not_found) return ended();
      if (!fd) return fd.error();
      current_.emplace(std::move(*fd), 0, size, path);
    }
  }

 private:
  std::vector<std::pair<std::filesystem::path, std::uint64_t>> parts_;
  std::size_t next_ = 0;
  std::optional<FileSource> current_;
};

}  // namespace

std::filesystem::path pieces_path(const App& app, const Sha256& token_hash) {
  return app.config.store / "resume" / hex(token_hash);
}

Result<std::string> Resume::begin(Resumable upload) {
  auto token = random_token();
  upload.token_hash = token_hash(token);
  upload.owner = caller_.user.id;
  if (auto fits = app_.staging.has_room(upload.size); !fits) return fits.error();
  // The name is durable, and held, before there is a row that counts on it.
  auto pieces = Pieces::make(pieces_path(app_, upload.token_hash));
  if (!pieces) return pieces.error();
  auto begun = transact(app_.database, [&](Transaction& tx) -> Result<> {
    auto reserved = reserve(tx, upload.owner, upload.size, "");
    if (!reserved) return reserved.error();
    upload.upload = *reserved;
    return add_resumable(tx, upload, app_.config.resume_ms);
  });
  if (begun) return token;
  // A commit whose answer is lost may have been done: the sweeper removes what no row knows.
  if (begun.error().code != Errc::unavailable) ::unlink(pieces->path().c_str());
  return begun.error();
}

Result<Resumable> Resume::find(const Sha256& token_hash) {
  auto db = app_.database.borrow();
  if (!db) return db.error();
  auto upload = find_resumable(**db, caller_.user.id, token_hash);
  if (!upload || !caller_.confined()) return upload;
  // To them the root is the folder that they are confined to.
  auto folder = locate_folder(**db, caller_, number_text(upload->folder));
  if (!folder && folder.error().code != Errc::not_found) return folder.error();
  if (!folder || !is_row(upload->folder)) return ended();
  return upload;
}

Result<Held> Resume::hold(const Sha256& token_hash, How how) {
  auto upload = find(token_hash);
  if (!upload) return upload.error();
  if (upload->entry) return Held{.upload = std::move(*upload)};
  auto path = pieces_path(app_, token_hash);
  auto pieces = Pieces::take(path, kMoment);
  auto until = std::chrono::steady_clock::now() + kUntilCutOff;
  while (!pieces && pieces.error().code == Errc::locked && how != How::wait &&
         std::chrono::steady_clock::now() < until) {
    Pieces::interrupt(path);
    pieces = Pieces::take(path, kMoment);
  }
  if (!pieces && pieces.error().code != Errc::not_found) return pieces.error();
  // Who had it may have brought it on, made a file of it, or ended it.
  upload = find(token_hash);
  if (!upload) return upload.error();
  if (upload->entry) return Held{.upload = std::move(*upload)};
  if (!pieces && how == How::end) return Held{.upload = std::move(*upload)};
  if (!pieces) return Error{Errc::data_loss, pieces.error().message};
  return Held{.upload = std::move(*upload), .pieces = std::move(*pieces)};
}

Result<> Resume::receive(Held& held, std::uint64_t length,
                         const std::optional<Declared>& checksum) {
  auto& upload = held.upload;
  // What came after the last time that it was kept does not count, nor the space set aside for it.
  if (auto cut = held.pieces->cut_to(upload.offset); !cut) return cut;
  if (auto fits = app_.staging.has_room(length); !fits) return fits;
  auto keep = [&](const DigestState& state) -> Result<> {
    auto from = std::exchange(upload.offset, state.size);
    upload.state = state;
    return transact(app_.database, [&](Transaction& tx) {
      return advance_resumable(tx, upload, from, app_.config.resume_ms);
    });
  };
  auto state = upload.state;
  auto received = held.pieces->receive(*request_.body, length, checksum, state, keep, request_.cut);
  if (!received) return received;
  return finish(held);
}

// The one transaction that makes it a file and says so in its row; parts that it is made of end.
Result<> Resume::make_file(Ingest& ingest, Resumable& upload, Staged staged,
                           const std::vector<Resumable>& parts) {
  std::vector<Arrival> arrivals(1);
  arrivals[0].file = {.owner = upload.owner,
                      .folder = upload.folder,
                      .name = upload.name,
                      .conflict = upload.conflict};
  arrivals[0].staged = std::move(staged);
  auto puts = ingest.commit(arrivals, [&](Transaction& tx, const std::vector<Put>& put) {
    if (parts.empty()) return finish_resumable(tx, upload.token_hash, put[0].id);
    for (const Resumable& part : parts)
      if (auto ended = end_resumable(tx, part); !ended) return ended;
    upload.entry = put[0].id;
    return add_resumable(tx, upload, app_.config.resume_ms);
  });
  if (!puts) {
    if (parts.empty()) arrivals[0].staged.keep();
    return puts.error();
  }
  upload.entry = puts->front().id;
  request_.notes.add("sha256", hex(arrivals[0].staged.digests.sha256));
  return {};
}

Result<> Resume::finish(Held& held) {
  auto& upload = held.upload;
  if (upload.entry || upload.offset < upload.size || upload.is_partial()) return {};
  auto digests = digests_at(upload.state);
  if (upload.sha256 && *upload.sha256 != digests.sha256) {
    if (auto ended = end(held); !ended) return ended;
    return check_declared({{Algorithm::sha256, {upload.sha256->begin(), upload.sha256->end()}}},
                          digests);
  }
  auto whole = [&] {
    Staged staged(held.pieces->path());
    staged.size = upload.size;
    staged.digests = digests;
    return staged;
  };
  Ingest ingest(app_, caller_.user, caller_.actor);
  ingest.use(reservation_of(upload));
  auto made = make_file(ingest, upload, whole(), {});
  if (made || made.error().code != Errc::not_found) return made;
  // The folder went away while the bytes came: nobody wants to send them again for that.
  upload.folder = caller_.grant.root;
  upload.conflict = Conflict::rename;
  return make_file(ingest, upload, whole(), {});
}

Result<std::string> Resume::join(Resumable upload, const std::vector<std::string_view>& tokens) {
  std::vector<Resumable> parts;
  std::vector<std::pair<std::filesystem::path, std::uint64_t>> files;
  std::set<Sha256> seen;
  Ingest ingest(app_, caller_.user, caller_.actor);
  upload.size = 0;
  std::uint64_t reserved = 0;
  for (auto token : tokens) {
    auto part = find(token_hash(token));
    if (!part) return part.error();
    if (!part->is_partial() || part->offset != part->size)
      return Error{Errc::invalid_argument, "only whole partial uploads can be made one"};
    upload.size += part->size;
    files.emplace_back(pieces_path(app_, part->token_hash), part->size);
    if (!seen.insert(part->token_hash).second) continue;
    ingest.use(reservation_of(*part));
    reserved += part->size;
    parts.push_back(std::move(*part));
  }
  if (upload.size > app_.config.upload)
    return Error{Errc::too_large, "a file may have {} here", {human_size(app_.config.upload)}};
  // A part may be named more than once, and only once has it a reservation.
  if (auto fits = ingest.admit(upload.size - reserved); !fits) return fits.error();
  Parts bytes(files);
  auto staged = app_.staging.receive(bytes, upload.size);
  if (!staged) return staged.error();
  if (staged->size != upload.size) return Error{Errc::data_loss, "a part is shorter than it was"};
  auto token = random_token();
  upload.token_hash = token_hash(token);
  upload.owner = caller_.user.id;
  upload.offset = upload.size;
  if (auto made = make_file(ingest, upload, std::move(*staged), parts); !made) return made.error();
  for (const auto& [path, size] : files) ::unlink(path.c_str());
  return token;
}

Result<> Resume::end(Held& held) {
  auto ended =
      transact(app_.database, [&](Transaction& tx) { return end_resumable(tx, held.upload); });
  if (!ended) return ended;
  if (held.pieces) ::unlink(held.pieces->path().c_str());
  return {};
}

}  // namespace coffer
