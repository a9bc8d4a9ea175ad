// Replication: how MariaDB copies one server's changes to another. The statements that only
// MariaDB knows are here and nowhere else.
//
// Every change has a number, the last part of its GTID ("0-1-5098"): one sequence for both servers,
// in the order of commits. Read-only keeps out who has no right to administer the server, as the
// programs' account must not.

#pragma once

#include <string>

#include "sql/connection.h"

namespace coffer {

/// Where the administrator of node 1 or 2 connects.
DatabaseAddress admin_address(const Config& config, unsigned node);

/// What a server says about itself.
struct NodeState {
  std::uint64_t server_id = 0;
  bool read_only = false;
  std::string written;  // GTID of the last change in its binary log
  std::string history;  // and of the last of each server's changes that it knows

  // As a primary: whether a change is acknowledged only when a replica has it, which a server that
  // has waited too long, or was told so, gives up.
  bool semi_sync = false;
  std::uint64_t replicas = 0;  // that acknowledge, and are connected

  // As a replica.
  bool follows = false;  // it knows whom
  std::string io;        // Yes, No, Connecting
  bool applies = false;
  std::string received;       // GTID of the last change that has arrived
  std::string applied;        // and of the last that was done
  std::string complaint;      // "" if all is well
  bool apply_failed = false;  // what it complains of is a change that it cannot make
  std::uint64_t behind = 0;   // seconds
};

Result<NodeState> read_state(Connection& node);

/// The name of the oldest binary log that a server still has.
Result<std::string> oldest_log(Connection& node);

/// The number of a change, from a list of GTIDs; 0 from an empty one.
std::uint64_t change_number(std::string_view gtids);

/// On a replica: waits up to two seconds until all that has arrived is applied. Errc::unavailable
/// if that takes longer, or nothing is being applied.
Result<> apply_received(Connection& replica);

/// SET GLOBAL read_only; on, it waits for commits that are under way.
Result<> set_read_only(Connection& node, bool on);

/// Whether commits wait for a replica, for as long as it takes and before anybody sees them. Off,
/// those that wait already go on.
Result<> set_semi_sync(Connection& node, bool on);

/// Makes `node` a replica of `source`, from where its own changes end, and starts it.
/// Errc::internal for an account or host with anything but letters, digits and ._-+/=: in.
Result<> follow(Connection& node, const DatabaseAddress& source, const Replication& account);

Result<> start_following(Connection& replica);

/// Only goes on with what has arrived. (To stop first would throw that away.)
Result<> start_applying(Connection& replica);

/// Not a replica any more, of anybody.
Result<> stop_following(Connection& node);

/// Makes the account that a replica copies with, which may do nothing else.
Result<> make_replication_account(Connection& primary, const Replication& account);

/// The number of the first change up to `written` that a server with such a history lacks, or 0 if
/// it has them all.
std::uint64_t first_missing(std::string_view written, std::string_view history);

/// Forgets all of a server's own history and data, so that another's can be put in its place.
Result<> empty_node(Connection& node, const std::string& database);

}  // namespace coffer
