#include "base/log.h"

#include <unistd.h>

namespace coffer {

Log& Log::add(std::string_view key, std::string_view value) {
  line_ += ' ';
  line_ += key;
  line_ += '=';
  bool quoted = value.empty() || value.find_first_of(" \"\\=") != value.npos;
  if (quoted) line_ += '"';
  for (char c : value) {
    auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      line_ += "\\x";
      line_ += "0123456789abcdef"[byte >> 4];
      line_ += "0123456789abcdef"[byte & 15];
      continue;
    }
    if (c == '"' || c == '\\') line_ += '\\';
    line_ += c;
  }
  if (quoted) line_ += '"';
  return *this;
}

void Log::write() {
  line_ += '\n';
  // A log that cannot be written has nowhere to complain.
  [[maybe_unused]] auto written = ::write(STDERR_FILENO, line_.data(), line_.size());
}

}  // namespace coffer
