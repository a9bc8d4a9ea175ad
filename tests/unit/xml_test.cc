#include "net/xml.h"

#include <gtest/gtest.h>

namespace coffer {
namespace {

TEST(Xml, IsATreeOfNamesAndTexts) {
  auto list = parse_xml(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\n"
      " <Contents a=\"b\"><Key>caf\xc3\xa9 &amp; &lt;tea&gt;</Key><Size>7</Size></Contents>\n"
      " <s3:Empty/><Size>8</Size></ListBucketResult>");
  ASSERT_TRUE(list);
  EXPECT_EQ(list->name, "ListBucketResult");
  ASSERT_EQ(list->children.size(), 3u);
  EXPECT_EQ(list->children[0].at("Key"), "caf\xc3\xa9 & <tea>");
  EXPECT_EQ(list->children[0].at("Nothing"), "");
  EXPECT_EQ(list->children[1].name, "Empty");
  EXPECT_EQ(list->at("Size"), "8");
}

TEST(Xml, WhatIsMalformedIsRefused) {
  for (auto text : {"", " ", "no XML", "<a>", "<a></b>", "<a/><b/>", "<a>&nothing;</a>",
                    "<a>\x01</a>", "<a>\xff</a>", "<a b=1/>", "<a>&#0;</a>"})
    EXPECT_FALSE(parse_xml(text)) << text;
}

TEST(Xml, ADocumentTypeIsRefused) {
  EXPECT_FALSE(parse_xml("<!DOCTYPE a><a/>"));
  EXPECT_FALSE(parse_xml("<!DOCTYPE a [<!ENTITY b \"bb\"><!ENTITY c \"&b;&b;\">]><a>&c;</a>"));
  EXPECT_FALSE(parse_xml("<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>"));
}

TEST(Xml, DepthAndNumberOfElementsAreBounded) {
  auto nested = [](int depth) {
    std::string text;
    for (int i = 0; i < depth; i++) text += "<a>";
    for (int i = 0; i < depth; i++) text += "</a>";
    return text;
  };
  EXPECT_TRUE(parse_xml(nested(16)));
  EXPECT_FALSE(parse_xml(nested(17)));
  EXPECT_FALSE(parse_xml("<a>" + nested(15) + "<a>" + nested(15) + "<b/></a>" + nested(20)));
  std::string many;
  for (int i = 0; i < 65'535; i++) many += "<b/>";
  EXPECT_TRUE(parse_xml("<a>" + many + "</a>"));
  EXPECT_FALSE(parse_xml("<a>" + many + "<b/></a>"));
}

}  // namespace
}  // namespace coffer
