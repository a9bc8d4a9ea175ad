// xml: a tree is no deeper and no larger than it may be, and written again it is read as the same.

#include "net/xml.h"

#include "fuzz/fuzz.h"

using namespace coffer;

namespace {

std::size_t depth_of(const Xml& xml) {
  std::size_t deepest = 0;
  for (auto& child : xml.children) deepest = std::max(deepest, depth_of(child));
  return deepest + 1;
}

std::size_t count(const Xml& xml) {
  std::size_t sum = 1;
  for (auto& child : xml.children) sum += count(child);
  return sum;
}

// References, so that no line end is made another.
std::string written(const Xml& xml) {
  auto out = "<" + xml.name + ">";
  for (char c : xml.text)
    out += c == '<'    ? "&lt;"
           : c == '&'  ? "&amp;"
           : c == '>'  ? "&gt;"
           : c == '\r' ? "&#13;"
                       : std::string(1, c);
  for (auto& child : xml.children) out += written(child);
  return out + "</" + xml.name + ">";
}

bool same(const Xml& one, const Xml& other) {
  return one.name == other.name && one.text == other.text &&
         std::equal(one.children.begin(), one.children.end(), other.children.begin(),
                    other.children.end(), same);
}

}  // namespace

void fuzz(std::string_view input) {
  auto xml = parse_xml(input);
  if (!xml) return;
  must(depth_of(*xml) <= 16);
  must(count(*xml) <= 65'536);
  must(xml->at("") == "");
  auto again = parse_xml(written(*xml));
  must(again && same(*xml, *again));
}
