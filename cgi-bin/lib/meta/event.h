// Events: who did what in an account, and from where. Each is written in the transaction that
// makes the change, so that there is none without the other. No secret is ever in one.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "meta/types.h"
#include "sql/database.h"

namespace coffer {

/// Who makes a change, and by which request; nobody is the operator, by a command.
struct Actor {
  UserId user{};
  std::string address;
  std::string request;
};

/// What was done: a verb of ours ("upload", "sign-in"), to which entry or to what else.
struct Deed {
  UserId owner{};
  std::string_view action;
  EntryId entry{};
  std::string_view name = "";
};

struct Event {
  std::uint64_t id = 0;
  Time at{};
  std::string owner;  // the name; "" for an account that is gone
  std::string actor;
  std::string action;
  EntryId entry{};
  std::string name;
  std::string address;
  std::string request;
};

Result<> record(Connection& db, const Actor& actor, const Deed& deed);

/// The same for an entry of the owner's, under the name that it has now.
Result<> record_entry(Connection& db, const Actor& actor, const Deed& deed);

/// Events with a lower id than `before`, the newest first, of one account or of all; at most
/// `limit`.
Result<std::vector<Event>> list_events(Connection& db, std::optional<UserId> owner,
                                       std::uint64_t before, std::size_t limit);

/// Removes those that are older. Returns how many.
Result<std::uint64_t> sweep_events(Connection& db, std::uint64_t age_ms);

}  // namespace coffer
