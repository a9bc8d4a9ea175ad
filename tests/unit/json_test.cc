#include "base/json.h"

#include <gtest/gtest.h>

namespace coffer {
namespace {

std::string quoted(std::string_view text) {
  JsonWriter json;
  json.value(text);
  return json.text();
}

TEST(Json, MembersAndElementsAreSeparatedByCommas) {
  JsonWriter json;
  json.begin_object();
  json.member("name", "a.txt");
  json.member("size", UINT64_MAX);
  json.member("folder", false);
  json.key("parent");
  json.null();
  json.key("list");
  json.begin_array();
  json.begin_object();
  json.end_object();
  json.begin_array();
  json.end_array();
  json.value(1u);
  json.value(true);
  json.end_array();
  json.member("last", std::string("z"));
  json.end_object();
  EXPECT_EQ(json.text(),
            R"({"name":"a.txt","size":18446744073709551615,"folder":false,"parent":null,)"
            R"("list":[{},[],1,true],"last":"z"})");
}

TEST(Json, EmptyObjectsAndArraysStayEmpty) {
  JsonWriter json;
  json.begin_object();
  json.end_object();
  EXPECT_EQ(json.text(), "{}");
}

TEST(Json, QuotesBackslashesAndControlCharactersAreEscaped) {
  EXPECT_EQ(quoted("a\"b\\c"), R"("a\u0022b\u005cc")");
  EXPECT_EQ(quoted("\n\t\x1f\x7f"), R"("\u000a\u0009\u001f\u007f")");
  EXPECT_EQ(quoted({"\0", 1}), R"("\u0000")");
}

TEST(Json, TextCannotLeaveAScriptElement) {
  EXPECT_EQ(quoted("</script><!--"), R"("\u003c/script>\u003c!--")");
}

TEST(Json, OtherScriptsStayAsTheyAre) { EXPECT_EQ(quoted("报告 é 😀"), "\"报告 é 😀\""); }

TEST(Json, KeysAreEscapedToo) {
  JsonWriter json;
  json.begin_object();
  json.member("a\"b", "");
  json.end_object();
  EXPECT_EQ(json.text(), R"({"a\u0022b":""})");
}

}  // namespace
}  // namespace coffer
