// coffer log - what was done, by whom and from where
//
//   coffer log                        everything that is kept, the newest first
//   coffer log --user NAME            in that account
//   coffer log --since 2026-11-23     from that day on (UTC)
//
// A line for each, key=value; `id` is the request's, as in the programs' logs. Without an address
// it was done by a command here. Exit 0, or 1 with the reason.

#include <CLI/CLI.hpp>
#include <ctime>
#include <iostream>

#include "base/log.h"
#include "base/time.h"
#include "coffer/app.h"
#include "meta/event.h"
#include "meta/user.h"

namespace {

using namespace coffer;

constexpr std::size_t kAtATime = 1000;

// Midnight of a day, in milliseconds; 0 for no day.
Result<std::uint64_t> start_of(const std::string& day) {
  if (day.empty()) return std::uint64_t{0};
  std::tm date{};
  const char* end = ::strptime(day.c_str(), "%Y-%m-%d", &date);
  if (!end || *end) return Error{Errc::invalid_argument, "'" + day + "' is not a day: 2026-11-23"};
  return static_cast<std::uint64_t>(::timegm(&date)) * 1000;
}

// A value as it stands on its line: what could end it, or drive a terminal, is left out.
std::string plain(const std::string& text) {
  std::string out;
  for (char c : text)
    out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '"' ? '?' : c;
  return out.find(' ') == out.npos && !out.empty() ? out : "\"" + out + "\"";
}

void print(const Event& event) {
  std::cout << iso_time(std::uint64_t(event.at)) << " account=" << plain(event.owner)
            << " actor=" << plain(event.actor) << " action=" << event.action;
  if (event.entry != EntryId{}) std::cout << " entry=" << std::uint64_t(event.entry);
  if (!event.name.empty()) std::cout << " name=" << plain(event.name);
  if (!event.address.empty()) std::cout << " from=" << event.address;
  if (!event.request.empty()) std::cout << " id=" << event.request;
  std::cout << "\n";
}

Result<> print_all(App& app, const std::string& name, const std::string& since) {
  auto from = start_of(since);
  if (!from) return from.error();
  auto db = app.database.borrow();
  if (!db) return db.error();
  std::optional<UserId> owner;
  if (!name.empty()) {
    auto user = find_user(**db, name);
    if (!user) return user.error();
    owner = user->id;
  }
  for (std::uint64_t before = INT64_MAX;;) {
    auto events = list_events(**db, owner, before, kAtATime);
    if (!events) return events.error();
    for (const Event& event : *events) {
      if (std::uint64_t(event.at) < *from) return {};
      print(event);
      before = event.id;
    }
    if (events->size() < kAtATime) return {};
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::string name, since;
  CLI::App command{"What was done, by whom and from where", "coffer log"};
  command.add_option("--user", name, "whose account");
  command.add_option("--since", since, "a day, as 2026-11-23");
  CLI11_PARSE(command, argc, argv);
  auto app = open_app();
  auto done = app ? print_all(**app, name, since) : app.error();
  if (done) return 0;
  std::cerr << "coffer log: " << done.error().message << "\n";
  return 1;
}
