// receive: of FastCGI parameters, a line each, no header is there twice, and none under a name
// that another spelling would miss; the length is a number, the address is well encoded.

#include "http/receive.h"

#include <vector>

#include "base/text.h"
#include "fuzz/fuzz.h"

using namespace coffer;

void fuzz(std::string_view input) {
  std::vector<std::string> lines;
  while (!input.empty()) lines.emplace_back(take_line(input));
  std::vector<const char*> parameters;
  for (const auto& line : lines) parameters.push_back(line.c_str());
  parameters.push_back(nullptr);

  auto request = receive(parameters.data());
  if (!request) return;
  must(is_percent_encoded(request->uri));
  must(!request->headers.has("content-length"));
  for (const auto& [name, value] : request->headers) {
    must(name == lower(name) && name.find('_') == name.npos);
    must(request->headers.all(name).size() == 1 || name == "content-type");
  }
}
