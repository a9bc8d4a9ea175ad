// activity - what was done in one's account, by whom and from where
//
//   GET /user/activity?before=ID&limit=N    200  N events (100), the newest first, older than ID
//
// Browsers get a page, others JSON. N is at most 1,000; `next` is the `before` of the page after.
//
//   400  a field that makes no sense     401  nobody is signed in
//   403  a token for one folder          405  not a GET
//   503  the database does not answer

#include "base/time.h"
#include "coffer/app.h"
#include "coffer/entry_view.h"
#include "coffer/page.h"
#include "coffer/reader.h"
#include "meta/event.h"

namespace {

using namespace coffer;

constexpr std::uint64_t kMostEvents = 1000;

// What an action is called on the page.
struct ActionText {
  std::string_view action;
  std::string_view text;
};
constexpr ActionText kTexts[] = {
    {"upload", "Uploaded {}"},
    {"replace", "Uploaded {} anew"},
    {"folder", "Made the folder {}"},
    {"rename", "Renamed to {}"},
    {"move", "Moved {}"},
    {"trash", "Moved {} to the trash"},
    {"restore", "Brought {} back from the trash"},
    {"delete", "Deleted {} for good"},
    {"empty-trash", "Emptied the trash"},
    {"revert", "Brought back an old version of {}"},
    {"delete-version", "Deleted an old version of {}"},
    {"sign-in", "Signed in"},
    {"wrong-password", "Somebody gave a wrong password"},
    {"sign-out", "Signed out"},
    {"sign-up", "Made the account"},
    {"account", "Made the account {}"},
    {"password", "Changed the password"},
    {"token", "Made the API token {}"},
    {"revoke", "Revoked an API token"},
    {"end-session", "Signed out another browser"},
    {"end-sessions", "Signed out everywhere else"},
    {"invite", "Made an invitation"},
    {"quota", "Changed the quota of {}"},
    {"disable", "Disabled {}"},
    {"enable", "Enabled {}"},
    {"close-account", "Deleted the account {}"},
};

std::string text_of(const Words& words, const Event& event) {
  for (const ActionText& known : kTexts)
    if (known.action == event.action) return words.say(known.text, {event.name});
  return event.action + " " + event.name;
}

std::string events_json(const std::vector<Event>& events, bool more) {
  JsonWriter json;
  json.begin_object();
  json.key("events");
  json.begin_array();
  for (const Event& event : events) {
    json.begin_object();
    json.member("id", event.id);
    json.member("at", iso_time(std::uint64_t(event.at)));
    json.member("actor", event.actor);
    json.member("action", event.action);
    json.member("entry", std::uint64_t(event.entry));
    json.member("name", event.name);
    json.member("address", event.address);
    json.member("request", event.request);
    json.end_object();
  }
  json.end_array();
  if (more) json.member("next", events.back().id);
  json.end_object();
  return std::move(json.text());
}

Result<Response> handle(App& app, Request& request) {
  if (auto allowed = allow(request, "GET, HEAD"); !allowed) return allowed.error();
  auto reader = open_reader(app, request, Nearest::yes);
  if (!reader) return reader.error();
  auto& [db, caller] = *reader;
  auto before = number_field(request.query, "before");
  if (!before) return before.error();
  auto limit = number_field(request.query, "limit");
  if (!limit) return limit.error();
  auto most = limit->value_or(100);
  if (most < 1 || most > kMostEvents) return Error{Errc::invalid_argument, "'limit' is 1 to 1000"};
  auto events = list_events(*db, caller.user.id, before->value_or(INT64_MAX), most + 1);
  if (!events) return events.error();
  bool more = events->size() > most;
  if (more) events->pop_back();
  if (!wants_html(request)) return json_answer(events_json(*events, more));

  auto words = words_for(app, request);
  Data list(Data::type::list);
  for (const Event& event : *events) {
    Data row;
    row["text"] = Data(text_of(words, event));
    row["time"] = Data(written_time(words.language, std::uint64_t(event.at)));
    row["iso"] = Data(iso_time(std::uint64_t(event.at)));
    row["address"] = Data(event.address);
    // Empty text is something to a template.
    if (!event.actor.empty() && event.actor != caller.user.name) row["actor"] = Data(event.actor);
    row["operator"] = Data(event.address.empty());
    list.push_back(std::move(row));
  }
  Data data;
  data["title"] = Data(words.say("Activity"));
  data["events"] = std::move(list);
  if (more) data["next"] = Data(std::to_string(events->back().id));
  return html_page(app, request, "activity.html", std::move(data), &caller);
}

}  // namespace

int main() { return coffer::run("activity", handle); }
