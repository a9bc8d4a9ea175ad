// The log: one line per event on standard error, program first, then key=value.
//
//   Log("sweeper").add("event", "removed").add("blobs", 3).write();
//   sweeper event=removed blobs=3
//
// A value with blanks or quotes is quoted, and control characters are escaped, so that one
// event is one line whatever a client sent. Secrets and bodies are never logged.

#pragma once

#include <concepts>
#include <string>
#include <string_view>

namespace coffer {

class Log {
 public:
  explicit Log(std::string_view program) : line_(program) {}

  Log& add(std::string_view key, std::string_view value);
  Log& add(std::string_view key, std::integral auto number) {
    return add(key, std::to_string(number));
  }

  /// Writes the line in one call, so that those of several threads and programs do not mix.
  void write();

 private:
  std::string line_;
};

}  // namespace coffer
