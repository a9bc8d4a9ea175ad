#include "coffer/serving.h"

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "blob/verified.h"
#include "coffer/sendfile.h"
#include "http/condition.h"
#include "http/range.h"
#include "meta/transfer.h"

namespace coffer {
namespace {

// All bytes of a blob, the last of which is not handed out unless they were right.
class Whole : public Source {
 public:
  Whole(std::unique_ptr<Source> bytes, const Served& served)
      : bytes_(std::move(bytes)), verified_(*bytes_, served.blob, served.size) {}

  Result<std::size_t> read(std::span<char> buffer) override { return verified_.read(buffer); }

 private:
  std::unique_ptr<Source> bytes_;
  VerifiedSource verified_;
};

bool is_known_to(const Request& request, const Sha256& blob) {
  auto header = request.headers.get("if-none-match");
  auto tags = header ? parse_tags(*header) : Tags{};
  return tags && tags->match(blob);
}

// Whoever fails to want it back has not failed to read it.
void want_back(App& app, const Sha256& blob) {
  auto wanted = transact(app.database, [&](Transaction& tx) { return recall(tx, blob); });
  if (!wanted) Log("copy").add("event", "recall").add("error", wanted.error().message).write();
}

Result<Response> serve_from_afar(App& app, const Request& request, const Served& served,
                                 const std::vector<Copy>& copies) {
  auto etag = etag_of(served.blob);
  Response response{.headers = inert_headers(served.type, "private, no-cache")};
  response.headers.add("ETag", etag);
  response.headers.add("Accept-Ranges", "bytes");
  if (is_known_to(request, served.blob)) {
    response.status = 304;
    return response;
  }
  auto part = wanted_extent(request.headers, served.size, etag);
  if (part && part->length == 0) {
    response.status = 416;
    response.headers.add("Content-Range", "bytes */" + std::to_string(served.size));
    return response;
  }
  auto extent = part.value_or(Extent{.offset = 0, .length = served.size});
  response.headers.add("Content-Length", std::to_string(extent.length));
  if (part) {
    response.status = 206;
    response.headers.add("Content-Range", "bytes " + std::to_string(extent.offset) + "-" +
                                              std::to_string(extent.offset + extent.length - 1) +
                                              "/" + std::to_string(served.size));
  }
  if (request.method == "HEAD") return response;

  auto& stores = app_stores(app);
  Error error{Errc::data_loss, "no good copy of '" + hex(served.blob) + "' is left"};
  for (const Copy& copy : copies) {
    if (!copy.good() || copy.store == kLocal) continue;
    auto link = stores.link(served.blob, copy, served.disposition);
    if (!link) return link.error();
    if (!link->empty())
      return Response{.status = 302,
                      .headers = {{"Location", *link},
                                  {"Cache-Control", "private, no-store"},
                                  {"Referrer-Policy", "no-referrer"}}};
    auto bytes = stores.open(served.blob, copy, {extent.offset, extent.length});
    if (!bytes) {
      Log("copy")
          .add("event", "unread")
          .add("sha256", hex(served.blob))
          .add("store", copy.store)
          .add("error", bytes.error().message)
          .write();
      error = {bytes.error().code == Errc::unavailable ? Errc::unavailable : error.code,
               copy.store + ": " + bytes.error().message};
      continue;
    }
    response.stream = part ? std::move(*bytes) : std::make_unique<Whole>(std::move(*bytes), served);
    if (app.config.tier.recall && !request.read_only) want_back(app, served.blob);
    return response;
  }
  return error;
}

}  // namespace

// Where there are other stores a local file is only as good as its row: one that is about to go may
// be gone before lighttpd opens it.
Result<Response> serve_blob(App& app, const Request& request, Database::Borrowed& db,
                            const Served& served) {
  std::vector<Copy> copies;
  bool here = app.config.stores.empty();
  if (!here) {
    auto found = find_copies(*db, served.blob);
    if (!found) return found.error();
    copies = std::move(*found);
    here = std::ranges::any_of(
        copies, [](const Copy& copy) { return copy.store == kLocal && copy.good(); });
  }
  db.reset();
  auto there = app.local->stat(served.blob);
  if (here && there && there->size == served.size)
    return sendfile(request, *app.local->path(served.blob), served.type, etag_of(served.blob));
  return serve_from_afar(app, request, served, copies);
}

}  // namespace coffer
