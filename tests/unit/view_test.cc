#include "view/view.h"

#include <gtest/gtest.h>

#include <thread>

#include "unit/scratch.h"

namespace coffer {
namespace {

class ViewsIn : public testing::Test {
 protected:
  std::string render(const std::string& name, const Data& data = Data::type::object) {
    auto page = views_.render(Language::english, name, data);
    if (page) return *page;
    EXPECT_EQ(page.error().code, Errc::internal);
    return "error: " + page.error().message;
  }

  bool fails(const std::string& name) { return render(name).starts_with("error: "); }

  Scratch scratch_;
  Views views_{scratch_.path()};
};

TEST_F(ViewsIn, ValuesAreEscapedForHtml) {
  scratch_.file("a.html", "<p title=\"{{x}}\">{{x}}</p>");
  EXPECT_EQ(render("a.html", Data("x", "<b>&\"'")),
            "<p title=\"&lt;b&gt;&amp;&quot;&apos;\">&lt;b&gt;&amp;&quot;&apos;</p>");
}

TEST_F(ViewsIn, ValuesAreNotTakenForTemplates) {
  scratch_.file("a.html", "{{x}}");
  EXPECT_EQ(render("a.html", Data("x", "{{y}}{{#z}}")), "{{y}}{{#z}}");
}

TEST_F(ViewsIn, AListHasItsItemsOrItsEmptyCase) {
  scratch_.file("a.html", "{{#l}}[{{n}}]{{/l}}{{^l}}none{{/l}}");
  Data list(Data::type::list);
  EXPECT_EQ(render("a.html", Data("l", list)), "none");
  list << Data("n", "1") << Data("n", "2");
  EXPECT_EQ(render("a.html", Data("l", list)), "[1][2]");
  EXPECT_EQ(render("a.html"), "none");
}

TEST_F(ViewsIn, AValueThatIsNotThereIsEmpty) {
  scratch_.file("a.html", "a{{x}}b");
  EXPECT_EQ(render("a.html"), "ab");
}

TEST_F(ViewsIn, ATemplateThatIsNotThereIsOurError) { EXPECT_TRUE(fails("none.html")); }

TEST_F(ViewsIn, AMalformedTemplateIsOurError) {
  scratch_.file("open.html", "{{#a}}x");
  scratch_.file("crossed.html", "{{#a}}{{#b}}{{/a}}{{/b}}");
  scratch_.file("cut.html", "{{a");
  for (auto name : {"open.html", "crossed.html", "cut.html"}) EXPECT_TRUE(fails(name)) << name;
}

TEST_F(ViewsIn, AnotherTemplateIsIncludedWhereItSays) {
  scratch_.file("page.html", "{{> head.html}}|{{x}}|{{> head.html}}");
  scratch_.file("head.html", "<{{x}}{{> deep.html}}>");
  scratch_.file("deep.html", "!");
  EXPECT_EQ(render("page.html", Data("x", "1")), "<1!>|1|<1!>");
}

TEST_F(ViewsIn, AnIncludeThatIsNotThereOrNeverEndsIsOurError) {
  scratch_.file("page.html", "{{> none.html}}");
  scratch_.file("cut.html", "x{{> head.html");
  scratch_.file("self.html", "{{> self.html}}");
  for (auto name : {"page.html", "cut.html", "self.html"}) EXPECT_TRUE(fails(name)) << name;
}

TEST_F(ViewsIn, ATemplateIsReadOnce) {
  scratch_.file("a.html", "old");
  EXPECT_EQ(render("a.html"), "old");
  scratch_.file("a.html", "new");
  EXPECT_EQ(render("a.html"), "old");
}

TEST_F(ViewsIn, ThreadsShareATemplate) {
  scratch_.file("a.html", "{{#l}}{{n}}{{/l}}");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; i++)
    threads.emplace_back([&, n = std::to_string(i)] {
      Data list(Data::type::list);
      list << Data("n", n) << Data("n", n);
      for (int round = 0; round < 100; round++) EXPECT_EQ(render("a.html", Data("l", list)), n + n);
    });
  for (auto& thread : threads) thread.join();
}

}  // namespace
}  // namespace coffer
