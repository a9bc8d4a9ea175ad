// Reader: how a program that only reads begins.
//
//   auto reader = open_reader(app, request, Nearest::yes);
//   auto entries = list(*reader->db, reader->caller.user.id, ...);
//
// Who asks, and what they may, the primary says. What is theirs a replica may say as well, once it
// has all that the primary had at that moment. While the primary does not answer, the replica says
// both, and the answer is marked as one from a cloud that takes no changes.

#pragma once

#include "coffer/session.h"

namespace coffer {

struct Reader {
  Database::Borrowed db;
  Caller caller;
};

/// Whether to go on to a replica: not for a statement or two, which asking it costs as well.
enum class Nearest { no, yes };

/// As require_user() does. Notes the user, and of two servers the one that answers, in the log.
Result<Reader> open_reader(App& app, Request& request, Nearest nearest);

}  // namespace coffer
