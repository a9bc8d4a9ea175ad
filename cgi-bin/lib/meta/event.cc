#include "meta/event.h"

#include "meta/user.h"

namespace coffer {
namespace {

constexpr char kRecord[] =
    "INSERT INTO event (at, owner, actor, action, entry, name, address, request)"
    " VALUES (UNIX_TIMESTAMP(NOW(3)) * 1000, ?, ?, ?, ?, ?, ?, ?)";
constexpr char kRecordEntry[] =
    "INSERT INTO event (at, owner, actor, action, entry, name, address, request)"
    " SELECT UNIX_TIMESTAMP(NOW(3)) * 1000, owner, ?, ?, id, COALESCE(was_name, name), ?, ?"
    " FROM entry WHERE owner = ? AND id = ?";

#define EVENT_COLUMNS                                                                         \
  "SELECT e.id, e.at, COALESCE(o.name, ''), COALESCE(a.name, ''), e.action, e.entry, e.name," \
  " e.address, e.request FROM event e LEFT JOIN user o ON o.id = e.owner"                     \
  " LEFT JOIN user a ON a.id = e.actor"

constexpr char kListOwn[] =
    EVENT_COLUMNS " WHERE e.owner = ? AND e.id < ? ORDER BY e.id DESC LIMIT ?";
constexpr char kListAll[] = EVENT_COLUMNS " WHERE e.id < ? ORDER BY e.id DESC LIMIT ?";
constexpr char kSweep[] =
    "DELETE FROM event WHERE at <= UNIX_TIMESTAMP(NOW(3)) * 1000 - ? LIMIT 10000";

}  // namespace

Result<> record(Connection& db, const Actor& actor, const Deed& deed) {
  auto added = db.run(kRecord, {deed.owner, actor.user, deed.action, deed.entry, deed.name,
                                actor.address, actor.request});
  if (!added) return added.error();
  return count_change(db, deed.owner);
}

Result<> record_entry(Connection& db, const Actor& actor, const Deed& deed) {
  auto added = db.run(kRecordEntry, {actor.user, deed.action, actor.address, actor.request,
                                     deed.owner, deed.entry});
  if (!added) return added.error();
  return count_change(db, deed.owner);
}

Result<std::vector<Event>> list_events(Connection& db, std::optional<UserId> owner,
                                       std::uint64_t before, std::size_t limit) {
  std::vector<Event> events;
  auto each = [&](const Row& row) {
    events.push_back({.id = row.number(0),
                      .at = row.id<Time>(1),
                      .owner = std::string(row.text(2)),
                      .actor = std::string(row.text(3)),
                      .action = std::string(row.text(4)),
                      .entry = row.id<EntryId>(5),
                      .name = std::string(row.text(6)),
                      .address = std::string(row.text(7)),
                      .request = std::string(row.text(8))});
  };
  auto found = owner ? db.query(kListOwn, {*owner, before, limit}, each)
                     : db.query(kListAll, {before, limit}, each);
  if (!found) return found.error();
  return events;
}

Result<std::uint64_t> sweep_events(Connection& db, std::uint64_t age_ms) {
  std::uint64_t count = 0;
  for (;;) {
    auto swept = db.run(kSweep, {age_ms});
    if (!swept) return swept.error();
    count += swept->rows;
    if (swept->rows == 0) return count;
  }
}

}  // namespace coffer
