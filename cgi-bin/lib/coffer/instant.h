// Instant: how a file gets bytes that are here already, by one reference more to them. Who asks
// for it has shown that they may have them: this does not.

#pragma once

#include <optional>

#include "coffer/app.h"
#include "meta/event.h"
#include "meta/tree.h"

namespace coffer {

/// A file, and the bytes it has.
struct Referred {
  EntryId folder{};
  Put put;
  Blob bytes;
};

/// Makes `file`, whose sha256 and size say which bytes are meant. Nothing, and nothing has changed,
/// unless a good copy of them is here or in a store and stays there: they have to be sent then.
/// The errors of put_file(), and Errc::too_large for who has not enough of the quota left.
Result<std::optional<Referred>> refer(App& app, const Actor& actor, const NewFile& file);

}  // namespace coffer
