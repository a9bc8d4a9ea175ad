// XML as other machines answer it (expat): a small tree, always in UTF-8. Namespaces and
// attributes are dropped.
//
//   auto list = parse_xml(answer->body);
//   for (auto& item : list->children)
//     if (item.name == "Contents") keys.push_back(item.at("Key"));

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace coffer {

struct Xml {
  std::string name{};
  std::string text{};  // all that is directly in it
  std::vector<Xml> children{};

  /// The text of the first child of that name; empty if there is none.
  std::string_view at(std::string_view child_name) const;
};

/// The root element of a document, or Errc::internal if it is malformed, deeper than 16 elements,
/// of more than 65,536, or has a document type: with one come entities, and texts that grow.
Result<Xml> parse_xml(std::string_view document);

}  // namespace coffer
