#include "http/browser.h"

#include <span>

namespace coffer {
namespace {

struct Sign {
  std::string_view text;
  std::string_view means;
};

// Most browsers claim to be others as well, so the first sign that is there counts.
constexpr Sign kNames[] = {
    {"Edg", "Edge"},         {"OPR/", "Opera"},     {"SamsungBrowser/", "Samsung Internet"},
    {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"}, {"CriOS/", "Chrome"},
    {"Chrome/", "Chrome"},   {"Safari/", "Safari"}, {"curl/", "curl"}};
constexpr Sign kSystems[] = {{"Android", "Android"}, {"iPhone", "iPhone"},  {"iPad", "iPad"},
                             {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"CrOS", "ChromeOS"},
                             {"Linux", "Linux"}};

std::string_view first_of(std::span<const Sign> signs, std::string_view text) {
  for (const Sign& sign : signs)
    if (text.find(sign.text) != text.npos) return sign.means;
  return {};
}

}  // namespace

Browser browser_of(std::string_view user_agent) {
  return {first_of(kNames, user_agent), first_of(kSystems, user_agent)};
}

std::string printable(std::string_view text, std::size_t most) {
  std::string out;
  for (char c : text)
    if (c >= 0x20 && c < 0x7f && out.size() < most) out += c;
  return out;
}

}  // namespace coffer
