#include "http/language.h"

#include <gtest/gtest.h>

namespace coffer {
namespace {

Language answered(const std::string& accept, const std::string& cookie = {}) {
  Request request{.headers = {{"accept-language", accept}}};
  request.cookies.add("lang", cookie);
  return language_of(request);
}

TEST(LanguageOf, IsTheOneOfOursThatIsPreferred) {
  for (auto accept : {"zh", "zh-CN", "zh-Hans-SG, en;q=0.9", "fr, en;q=0.3, zh;q=0.7", "ZH;q=0.001",
                      "en;q=0, zh;q=0.5"})
    EXPECT_EQ(answered(accept), Language::chinese) << accept;
  for (auto accept : {"en-GB, zh;q=0.9", "en, zh", "zh;q=0, en", "fr, de"})
    EXPECT_EQ(answered(accept), Language::english) << accept;
}

TEST(LanguageOf, IsEnglishForWhomNobodyCanTell) {
  for (auto accept : {"", "*", ",", ";q=1", "zh;q=x", "zh;q=-1", "zh;q=", "zh;q=0.00001", "zhx"})
    EXPECT_EQ(answered(accept), Language::english) << accept;
}

TEST(LanguageOf, IsTheChosenOneWhateverTheBrowserPrefers) {
  EXPECT_EQ(answered("en", "zh-Hans"), Language::chinese);
  EXPECT_EQ(answered("zh", "en"), Language::english);
  EXPECT_EQ(answered("zh", "tlh"), Language::chinese);
}

}  // namespace
}  // namespace coffer
