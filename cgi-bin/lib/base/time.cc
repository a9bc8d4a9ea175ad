#include "base/time.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>

#include "base/text.h"

namespace coffer {
namespace {

using std::chrono::days;
using std::chrono::milliseconds;
using std::chrono::sys_time;

constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct Parts {
  std::chrono::year_month_day date;
  unsigned weekday;
  std::uint64_t hour, minute, second, millisecond;
};

Parts parts_of(std::uint64_t ms) {
  sys_time<milliseconds> time{milliseconds(static_cast<std::int64_t>(ms))};
  auto day = std::chrono::floor<days>(time);
  auto rest = static_cast<std::uint64_t>((time - day).count());
  return {day,
          std::chrono::weekday(day).c_encoding(),
          rest / 3'600'000,
          rest / 60'000 % 60,
          rest / 1000 % 60,
          rest % 1000};
}

void append(std::string& out, std::uint64_t number, std::size_t digits) {
  auto text = std::to_string(number);
  out.append(digits - std::min(digits, text.size()), '0');
  out += text;
}

void append_date(std::string& out, const Parts& parts) {
  append(out, static_cast<std::uint64_t>(int(parts.date.year())), 4);
  out += '-';
  append(out, unsigned(parts.date.month()), 2);
  out += '-';
  append(out, unsigned(parts.date.day()), 2);
}

void append_clock(std::string& out, const Parts& parts) {
  append(out, parts.hour, 2);
  out += ':';
  append(out, parts.minute, 2);
}

}  // namespace

std::string iso_time(std::uint64_t ms) {
  auto parts = parts_of(ms);
  std::string out;
  append_date(out, parts);
  out += 'T';
  append_clock(out, parts);
  out += ':';
  append(out, parts.second, 2);
  out += '.';
  append(out, parts.millisecond, 3);
  return out + "Z";
}

std::string written_time(Language language, std::uint64_t ms) {
  auto parts = parts_of(ms);
  auto year = std::to_string(int(parts.date.year()));
  auto month = unsigned(parts.date.month());
  auto day = std::to_string(unsigned(parts.date.day()));
  std::string out;
  if (language == Language::chinese)
    out = year + "年" + std::to_string(month) + "月" + day + "日 ";
  else
    out = day + " " + std::string(kMonths[month - 1]) + " " + year + ", ";
  append_clock(out, parts);
  return out;
}

std::string http_time(std::uint64_t ms) {
  constexpr std::array<std::string_view, 7> weekdays{"Sun", "Mon", "Tue", "Wed",
                                                     "Thu", "Fri", "Sat"};
  auto parts = parts_of(ms);
  std::string out(weekdays[parts.weekday]);
  out += ", ";
  append(out, unsigned(parts.date.day()), 2);
  out += ' ';
  out += kMonths[unsigned(parts.date.month()) - 1];
  out += ' ';
  append(out, static_cast<std::uint64_t>(int(parts.date.year())), 4);
  out += ' ';
  append_clock(out, parts);
  out += ':';
  append(out, parts.second, 2);
  return out + " GMT";
}

// What its numbers say is written again: a text that comes out otherwise is no time.
std::optional<std::uint64_t> parse_http_time(std::string_view text) {
  constexpr std::string_view form = "Mon, 23 Nov 2026 09:30:00 GMT";
  if (text.size() != form.size()) return {};
  auto number = [&](std::size_t from, std::size_t digits) {
    return static_cast<int>(parse_number(text.substr(from, digits)).value_or(0));
  };
  auto month = std::find(kMonths.begin(), kMonths.end(), text.substr(8, 3)) - kMonths.begin();
  std::chrono::year_month_day date{std::chrono::year(number(12, 4)),
                                   std::chrono::month(static_cast<unsigned>(month) + 1),
                                   std::chrono::day(static_cast<unsigned>(number(5, 2)))};
  if (!date.ok()) return {};
  auto time = std::chrono::sys_days(date) + std::chrono::hours(number(17, 2)) +
              std::chrono::minutes(number(20, 2)) + std::chrono::seconds(number(23, 2));
  if (time.time_since_epoch().count() < 0) return {};
  auto ms = static_cast<std::uint64_t>(milliseconds(time.time_since_epoch()).count());
  if (http_time(ms) != text) return {};
  return ms;
}

}  // namespace coffer
