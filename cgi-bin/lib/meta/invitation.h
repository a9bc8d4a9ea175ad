// Invitations: links with which somebody makes an account of their own, each once.

#pragma once

#include <cstdint>
#include <optional>

#include "meta/types.h"
#include "sql/database.h"

namespace coffer {

/// Days that an invitation is good for, if nobody says otherwise.
inline constexpr std::uint64_t kInvitationDays = 7;

struct Invitation {
  std::optional<std::uint64_t> quota;  // of the account, in bytes; or the default
};

Result<> add_invitation(Connection& db, const Sha256& token_hash, const Invitation& invitation,
                        std::uint64_t days);

/// Errc::not_found if there is none, if it was used or if it is over.
Result<Invitation> find_invitation(Connection& db, const Sha256& token_hash);

/// The same, and uses it up: of two who come with one, one gets it.
Result<Invitation> use_invitation(Transaction& tx, const Sha256& token_hash);

/// Removes those that are over. Returns how many.
Result<std::uint64_t> sweep_invitations(Connection& db);

}  // namespace coffer
