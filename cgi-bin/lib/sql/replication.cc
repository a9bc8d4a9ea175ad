#include "sql/replication.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace coffer {
namespace {

constexpr char kVariables[] =
    "SELECT @@GLOBAL.server_id, @@GLOBAL.read_only, @@GLOBAL.gtid_binlog_pos,"
    " CONCAT(@@GLOBAL.gtid_binlog_state, ',', @@GLOBAL.gtid_slave_pos), @@GLOBAL.gtid_slave_pos";
// Not from information_schema: there it would wait for a change of accounts that waits for a
// replica.
constexpr char kSemiSync[] = "SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_master_%s'";
constexpr char kLogs[] = "SHOW BINARY LOGS";
constexpr char kReplica[] = "SHOW SLAVE STATUS";
constexpr char kWait[] = "SELECT MASTER_GTID_WAIT(?, ?)";

// Within the limit of a statement in a request.
constexpr unsigned kApplySeconds = 2;

// A GTID is domain-server-number; ours are all of domain 0.
struct Gtid {
  std::uint64_t domain = 0, server = 0, number = 0;
};

template <class Each>
void each_gtid(std::string_view list, Each&& each) {
  while (!list.empty()) {
    auto comma = std::min(list.find(','), list.size());
    Gtid gtid;
    auto at = list.data(), end = at + comma;
    for (auto part : {&gtid.domain, &gtid.server, &gtid.number}) {
      at = std::from_chars(at, end, *part).ptr;
      if (at < end) at++;
    }
    if (gtid.domain == 0 && gtid.number > 0) each(gtid);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
}

// Whether a setting may go into a statement that takes no parameters.
bool is_plain(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return std::isalnum(c) ||
           std::string_view("._-+/=:").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

Result<> check_plain(std::initializer_list<std::string_view> settings) {
  for (auto setting : settings)
    if (!is_plain(setting))
      return Error{Errc::internal,
                   "'" + std::string(setting) + "' may have letters, digits and ._-+/=: only"};
  return {};
}

Result<> run_all(Connection& node, std::initializer_list<std::string> scripts) {
  for (const auto& script : scripts)
    if (auto run = node.run_script(script); !run) return run;
  return {};
}

}  // namespace

DatabaseAddress admin_address(const Config& config, unsigned node) {
  auto address = node == 1 ? config.database : config.replica.value_or(config.database);
  address.user = config.replication.admin;
  address.password = config.replication.admin_password;
  address.name = "";
  return address;
}

std::uint64_t change_number(std::string_view gtids) {
  std::uint64_t last = 0;
  each_gtid(gtids, [&](const Gtid& gtid) { last = std::max(last, gtid.number); });
  return last;
}

std::uint64_t first_missing(std::string_view written, std::string_view history) {
  Gtid last;
  each_gtid(written, [&](const Gtid& gtid) {
    if (gtid.number > last.number) last = gtid;
  });
  std::uint64_t known = 0;
  each_gtid(history, [&](const Gtid& gtid) {
    if (gtid.server == last.server) known = std::max(known, gtid.number);
  });
  return known >= last.number ? 0 : known + 1;
}

Result<NodeState> read_state(Connection& node) {
  NodeState state;
  auto asked = node.query(kVariables, {}, [&](const Row& row) {
    state.server_id = row.number(0);
    state.read_only = row.number(1) != 0;
    state.written = row.text(2);
    state.history = row.text(3);
    state.applied = row.text(4);
  });
  if (asked)
    asked = node.query(kSemiSync, {}, [&](const Row& row) {
      if (row.text(0) == "Rpl_semi_sync_master_clients")
        state.replicas = parse_number(row.text(1)).value_or(0);
      if (row.text(0) == "Rpl_semi_sync_master_status") state.semi_sync = row.text(1) == "ON";
    });
  if (asked)
    asked = node.query(kReplica, {}, [&](const Row& row) {
      state.follows = true;
      state.io = row.text("Slave_IO_Running");
      state.applies = row.text("Slave_SQL_Running") == "Yes";
      state.received = row.text("Gtid_IO_Pos");
      state.complaint = row.text("Last_SQL_Error");
      state.apply_failed = !state.complaint.empty();
      if (state.complaint.empty()) state.complaint = row.text("Last_IO_Error");
      state.behind = row.number("Seconds_Behind_Master");
    });
  if (!asked) return asked.error();
  return state;
}

Result<std::string> oldest_log(Connection& node) {
  std::string oldest;
  auto listed = node.query(kLogs, {}, [&](const Row& row) {
    if (oldest.empty()) oldest = row.text(0);
  });
  if (!listed) return listed.error();
  return oldest;
}

Result<> apply_received(Connection& replica) {
  auto state = read_state(replica);
  if (!state) return state.error();
  if (!state->applies) return Error{Errc::unavailable, "the replica applies nothing"};
  bool reached = false;
  auto waited = replica.query(kWait, {state->received, kApplySeconds}, [&](const Row& row) {
    reached = !row.null(0) && row.number(0) == 0;
  });
  if (!waited) return waited;
  if (!reached) return Error{Errc::unavailable, "the replica is still busy with what has arrived"};
  return {};
}

Result<> set_read_only(Connection& node, bool on) {
  return node.run_script(on ? "SET GLOBAL read_only = 1" : "SET GLOBAL read_only = 0");
}

Result<> set_semi_sync(Connection& node, bool on) {
  if (!on) return node.run_script("SET GLOBAL rpl_semi_sync_master_enabled = 0");
  return node.run_script(
      "SET GLOBAL rpl_semi_sync_master_timeout = 4294967295,"
      " GLOBAL rpl_semi_sync_master_wait_point = AFTER_SYNC,"
      " GLOBAL rpl_semi_sync_master_wait_no_slave = 1, GLOBAL rpl_semi_sync_master_enabled = 1");
}

Result<> follow(Connection& node, const DatabaseAddress& source, const Replication& account) {
  auto plain = check_plain({source.host, source.tls_ca, account.user, account.password});
  if (!plain) return plain;
  return run_all(node, {"STOP SLAVE",
                        "CHANGE MASTER TO MASTER_HOST = '" + source.host + "', MASTER_PORT = " +
                            std::to_string(source.port) + ", MASTER_USER = '" + account.user +
                            "', MASTER_PASSWORD = '" + account.password +
                            "', MASTER_SSL = 1, MASTER_SSL_CA = '" + source.tls_ca +
                            "', MASTER_SSL_VERIFY_SERVER_CERT = 1, MASTER_USE_GTID = slave_pos,"
                            " MASTER_DEMOTE_TO_SLAVE = 1, MASTER_CONNECT_RETRY = 1",
                        "START SLAVE"});
}

Result<> start_following(Connection& replica) { return replica.run_script("START SLAVE"); }

Result<> start_applying(Connection& replica) {
  return replica.run_script("START SLAVE SQL_THREAD");
}

Result<> stop_following(Connection& node) {
  return run_all(node, {"STOP SLAVE", "RESET SLAVE ALL"});
}

Result<> make_replication_account(Connection& primary, const Replication& account) {
  if (auto plain = check_plain({account.user, account.password}); !plain) return plain;
  auto name = "'" + account.user + "'@'%'";
  return run_all(primary, {"CREATE USER IF NOT EXISTS " + name + " REQUIRE SSL",
                           "ALTER USER " + name + " IDENTIFIED BY '" + account.password + "'",
                           "GRANT REPLICATION SLAVE ON *.* TO " + name});
}

Result<> empty_node(Connection& node, const std::string& database) {
  if (auto plain = check_plain({database}); !plain) return plain;
  return run_all(node, {"STOP SLAVE", "RESET SLAVE ALL", "SET SESSION sql_log_bin = 0",
                        "DROP DATABASE IF EXISTS `" + database + "`", "RESET MASTER",
                        "SET GLOBAL gtid_slave_pos = ''"});
}

}  // namespace coffer
