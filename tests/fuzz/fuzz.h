// What every fuzz target is made of: fuzz(), which must hold for any input, and must().
//
// A target is one file, tests/fuzz/NAME.cc, with inputs worth keeping in tests/fuzz/corpus/NAME/.
// tests/fuzz/run runs one.

#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

/// What the target says about its input.
void fuzz(std::string_view input);

/// Ends the run, so that libFuzzer keeps the input, unless `truth`.
inline void must(bool truth) {
  if (!truth) std::abort();
}

/// Takes the first line off `input`, without its line feed.
inline std::string_view take_line(std::string_view& input) {
  auto line = input.substr(0, input.find('\n'));
  input.remove_prefix(std::min(line.size() + 1, input.size()));
  return line;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz({reinterpret_cast<const char*>(data), size});
  return 0;
}
