// Serving: answers that are a blob's bytes, from wherever they are.

#pragma once

#include <string>

#include "coffer/stores.h"
#include "http/message.h"

namespace coffer {

/// What is served, as what, and the name under which a browser is to save it, if it is.
struct Served {
  Sha256 blob{};
  std::uint64_t size = 0;
  std::string type = "application/octet-stream";
  std::string disposition{};
};

/// 200, 206, 304 or 416. Bytes that are here lighttpd sends (coffer/sendfile.h). Others come
/// through, in fixed memory, from the first store that has them, and the last of them only if all
/// of them were right; or the client is sent there, if the store's configuration says so. A HEAD
/// asks no store. Errc::unavailable if a store that has them does not answer. `db` is given back
/// before a store is asked.
Result<Response> serve_blob(App& app, const Request& request, Database::Borrowed& db,
                            const Served& served);

}  // namespace coffer
