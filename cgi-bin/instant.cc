// instant - take in a file without its bytes, which are here already
//
//   POST /file/instant  folder=F&name=N&size=BYTES&sha256=HEX  200  what is to be proved, in JSON
//   POST /file/instant  challenge=T&proof=HEX                  201  proved: the file is there
//
// The first says which file it is to be: F, N and `conflict` as for /file/upload, and the size and
// digests of its bytes; sha1, md5, crc32 and crc64 may be given too. The answer is the same whether
// or not anybody has these bytes:
//
//   {"challenge":T,"key":HEX,"ranges":[{"offset":0,"length":1024},…],"seconds":60}
//
// The second proves, once and in so many seconds, that they are there at the sender's too: proof is
// HMAC-SHA-256, under the key, of the bytes of all ranges one after the other. It is answered as a
// PUT to /file/upload is: 201, or 200 if there was such a file, or 303 to the folder for a browser.
//
//   400  a name, field or digest that makes no sense     409  the name exists, or is a folder
//   401  nobody is signed in                             412  If-Match or If-None-Match: * says no
//   403  a form that is not from your session;           413  over the quota or the limit
//        or instant upload is switched off               415  not a form
//   404  no such folder; or it is not proven: the        503  the database does not answer
//        bytes have to be sent
//   405  not a POST
//
// That it is not proven is said in the same words, and no sooner, whatever the reason: the proof is
// wrong, the challenge is used or over or another user's, or the bytes are not here, or nowhere
// that the configuration lets this user take them from ([upload] instant).

#include "coffer/instant.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/text.h"
#include "coffer/app.h"
#include "coffer/arrivals.h"
#include "coffer/entry_view.h"
#include "coffer/ingest.h"
#include "coffer/locate.h"
#include "coffer/page.h"
#include "coffer/possession.h"
#include "coffer/stores.h"
#include "digest/token.h"
#include "http/form.h"
#include "meta/blob.h"
#include "meta/challenge.h"
#include "meta/copy.h"

namespace {

using namespace coffer;
using Clock = std::chrono::steady_clock;

// When a refusal is told, after the request began, or at a multiple of it: all that leads to one is
// done by then, and how long it took is not told. So bytes that are not the caller's own are read
// for so long only, whether or not there are any.
constexpr std::chrono::milliseconds kRefusedAfter{200}, kReadFor{150};

// How many of one's own files with the bytes are looked at by a token for one folder.
constexpr std::size_t kMostFiles = 1000;

Result<Claim> claim_of(const Request& request, const Caller& caller, const Fields& form) {
  for (auto field : {"name", "size", "sha256"})
    if (auto there = form.require(field); !there) return there.error();
  auto file = new_file(caller.user.id, form.value("name"), form, request.headers);
  if (!file) return file.error();
  auto size = number_field(form, "size");
  if (!size) return size.error();
  auto declared = declared_in_fields(form, 0, 1);
  if (!declared) return declared.error();
  Claim claim{.root = caller.grant.root, .file = std::move(*file), .digests = {}};
  claim.file.size = size->value_or(0);
  for (auto& [algorithm, digest] : *declared) {
    if (algorithm == Algorithm::sha256) std::ranges::copy(digest, claim.file.sha256.begin());
    claim.digests[std::size_t(algorithm)] = std::move(digest);
  }
  return claim;
}

// Nothing here asks for the blob, so that nothing can tell of it.
Result<Response> challenge(App& app, const Request& request, const Caller& caller,
                           const Fields& form) {
  auto claim = claim_of(request, caller, form);
  if (!claim) return claim.error();
  if (auto placed = set_folder(app, caller, form.value("folder"), claim->file); !placed)
    return placed.error();
  if (auto fits = Ingest(app, caller.user, caller.actor).fits(claim->file.size); !fits)
    return fits.error();
  auto token = random_token();
  auto opened =
      app.batch.run([&](Transaction& tx) { return open_challenge(tx, token_hash(token), *claim); });
  if (!opened) return opened.error();

  auto asked = possession_of(token, claim->file.size);
  JsonWriter json;
  json.begin_object();
  json.member("challenge", token);
  json.member("key", hex(bytes_of(asked.key)));
  json.key("ranges");
  json.begin_array();
  for (const ByteRange& range : asked.ranges) {
    json.begin_object();
    json.member("offset", range.offset);
    json.member("length", range.length);
    json.end_object();
  }
  json.end_array();
  json.member("seconds", kChallengeSeconds);
  json.end_object();
  return json_answer(json.text());
}

// To a token for one folder there is nothing outside it, and so nothing to refer to either.
Result<bool> is_own(Connection& db, const Caller& caller, const Sha256& bytes) {
  if (!caller.confined()) return refers_to(db, caller.user.id, bytes);
  auto found = find_by_digest(db, caller.user.id, Algorithm::sha256, bytes, kMostFiles);
  if (!found) return found.error();
  auto reached = reachable(db, caller, std::move(*found), 1);
  if (!reached) return reached.error();
  return !reached->empty();
}

enum class Whose { nobodys, own, others };

// Whose bytes they are that the caller may have without sending them. Those of others must be on
// this disk: how long another store takes would tell that they are there.
Result<Whose> may_refer(App& app, Connection& db, const Caller& caller, const Sha256& bytes) {
  auto own = is_own(db, caller, bytes);
  if (!own) return own.error();
  if (*own) return Whose::own;
  if (app.config.instant != Config::Instant::instance) return Whose::nobodys;
  auto copies = find_copies(db, bytes);
  if (!copies) return copies.error();
  auto here = [](const Copy& copy) { return copy.store == kLocal && copy.good(); };
  return std::ranges::any_of(*copies, here) ? Whose::others : Whose::nobodys;
}

// Whether the folder is still there, and where a token for one folder reaches it.
Result<bool> is_folder(Connection& db, const Caller& caller, EntryId id) {
  auto folder = locate_folder(db, caller, number_text(id));
  if (folder) return folder->id == id;
  return folder.error().code == Errc::not_found ? Result<bool>(false) : folder.error();
}

Result<Whose> is_here(App& app, const Caller& caller, const Claim& claim) {
  auto db = app.database.borrow();
  if (!db) return db.error();
  auto blob = find_blob(**db, claim.file.sha256);
  if (!blob && blob.error().code != Errc::not_found) return blob.error();
  auto whose = may_refer(app, **db, caller, claim.file.sha256);
  if (!whose) return whose;
  auto folder = is_folder(**db, caller, claim.file.folder);
  if (!folder) return folder.error();
  return blob && claim.is_of(*blob) && *folder ? *whose : Whose::nobodys;
}

// The file if that is the proof for it, or nothing. The challenge is spent first, either way, and
// what is not here is computed with as if it were zeros.
Result<std::optional<Referred>> answer_to(App& app, Request& request, const Caller& caller,
                                          const Fields& form, Clock::time_point began) {
  auto token = form.value("challenge");
  std::optional<Claim> claim;
  auto taken = app.batch.run([&](Transaction& tx) -> Result<> {
    auto took = take_challenge(tx, token_hash(token), caller.user.id, caller.grant.root);
    if (!took) return took.error();
    claim = std::move(*took);
    return {};
  });
  if (!taken) return taken.error();
  if (!claim) return std::optional<Referred>{};
  auto whose = is_here(app, caller, *claim);
  if (!whose) return whose.error();
  bool here = *whose != Whose::nobodys;
  auto open = [&](ByteRange range) -> Result<std::unique_ptr<Source>> {
    if (*whose != Whose::own && Clock::now() > began + kReadFor)
      return Error{Errc::unavailable, "reading them takes too long"};
    if (!here) return std::make_unique<StringSource>(std::string(range.length, '\0'));
    return app_stores(app).open(claim->file.sha256, range);
  };
  auto expected = prove(possession_of(token, claim->file.size), open);
  // Bytes that cannot be read just now can be sent all the same.
  if (!expected) request.notes.add("unread", expected.error().message);
  auto proof = unhex(form.value("proof"));
  bool proved = here && expected && proof && equal_secrets(text_of(*proof), text_of(*expected));
  if (!proved) return std::optional<Referred>{};

  auto file = new_file(caller.user.id, claim->file.name, form, request.headers);
  if (!file) return file.error();
  claim->file.precondition = std::move(file->precondition);
  return refer(app, caller.actor, claim->file);
}

Result<Response> handle(App& app, Request& request) {
  auto began = Clock::now();
  if (auto allowed = allow(request, "POST"); !allowed) return allowed.error();
  auto caller = require_user(app, request);
  if (!caller) return caller.error();
  auto form = read_form(request);
  if (!form) return form.error();
  if (auto ours = check_csrf(*caller, *form); !ours) return ours.error();
  if (app.config.instant == Config::Instant::off)
    return Error{Errc::permission_denied, "instant upload is switched off here; send the bytes"};
  if (!form->has("challenge")) return challenge(app, request, *caller, *form);

  auto referred = answer_to(app, request, *caller, *form, began);
  if (!referred) return referred.error();
  if (!*referred) {
    std::this_thread::sleep_until(began +
                                  ((Clock::now() - began) / kRefusedAfter + 1) * kRefusedAfter);
    return Error{Errc::not_found, "that is not proven; send the bytes"};
  }
  const auto& [folder, put, bytes] = **referred;
  if (wants_html(request)) return see_other(folder_href(folder));
  return arrival_answer(folder, bytes, put);
}

}  // namespace

int main() { return coffer::run("instant", handle); }
