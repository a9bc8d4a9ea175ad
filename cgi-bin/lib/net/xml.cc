#include "net/xml.h"

#include <expat.h>

#include <climits>
#include <memory>
#include <new>

namespace coffer {
namespace {

constexpr std::size_t kMostDepth = 16;
constexpr std::size_t kMostElements = 65'536;

// The elements from the root to where the parser is; each goes to its parent when it ends.
struct Tree {
  XML_Parser parser;
  std::vector<Xml> open{1};  // below the root is what the root goes to
  std::size_t elements = 0;

  void start(std::string_view name) {
    open.push_back({.name = std::string(name.substr(name.rfind(':') + 1))});
    if (++elements > kMostElements || open.size() > kMostDepth + 1) stop();
  }
  void end() {
    auto element = std::move(open.back());
    open.pop_back();
    open.back().children.push_back(std::move(element));
  }
  // expat may still call end() for the element that has just started.
  void stop() { XML_StopParser(parser, XML_FALSE); }
};

Tree& tree_of(void* data) { return *static_cast<Tree*>(data); }

}  // namespace

std::string_view Xml::at(std::string_view child_name) const {
  for (auto& child : children)
    if (child.name == child_name) return child.text;
  return {};
}

Result<Xml> parse_xml(std::string_view document) {
  std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(XML_ParserCreate("UTF-8"),
                                                                      &XML_ParserFree);
  if (!parser) throw std::bad_alloc();
  Tree tree{.parser = parser.get()};
  XML_SetUserData(parser.get(), &tree);
  XML_SetElementHandler(
      parser.get(), [](void* data, const char* name, const char**) { tree_of(data).start(name); },
      [](void* data, const char*) { tree_of(data).end(); });
  XML_SetCharacterDataHandler(parser.get(), [](void* data, const char* text, int size) {
    tree_of(data).open.back().text.append(text, static_cast<std::size_t>(size));
  });
  XML_SetStartDoctypeDeclHandler(parser.get(), [](void* data, const char*, const char*, const char*,
                                                  int) { tree_of(data).stop(); });
  if (document.size() > INT_MAX ||
      XML_Parse(parser.get(), document.data(), static_cast<int>(document.size()), XML_TRUE) !=
          XML_STATUS_OK)
    return Error{Errc::internal, std::string("not the XML that was asked for: ") +
                                     XML_ErrorString(XML_GetErrorCode(parser.get()))};
  return std::move(tree.open.front().children.front());
}

}  // namespace coffer
