#include "http/browser.h"

#include <gtest/gtest.h>

namespace coffer {
namespace {

std::string words(std::string_view user_agent) {
  auto browser = browser_of(user_agent);
  return std::string(browser.name) + "/" + std::string(browser.system);
}

TEST(BrowserOf, TellsBrowsersThatClaimToBeOthers) {
  EXPECT_EQ(words("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"),
            "Firefox/Linux");
  EXPECT_EQ(words("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
                  " Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0"),
            "Edge/Windows");
  EXPECT_EQ(words("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)"
                  " Chrome/130.0.0.0 Mobile Safari/537.36"),
            "Chrome/Android");
  EXPECT_EQ(words("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15"
                  " (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"),
            "Safari/iPhone");
  EXPECT_EQ(words("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15"
                  " (KHTML, like Gecko) Version/17.5 Safari/605.1.15"),
            "Safari/macOS");
  EXPECT_EQ(words("curl/7.88.1"), "curl/");
  EXPECT_EQ(words("something else"), "/");
  EXPECT_EQ(words(""), "/");
}

TEST(Printable, KeepsNothingThatATerminalOrALogWouldObey) {
  EXPECT_EQ(printable("a\x1b[31mb\r\nc\x7f\x80\xffz", 255), "a[31mbcz");
  EXPECT_EQ(printable("abcdef", 3), "abc");
}

}  // namespace
}  // namespace coffer
