#include "blob/verified.h"

#include <algorithm>

#include "base/text.h"

namespace coffer {

Result<std::size_t> VerifiedSource::read(std::span<char> buffer) {
  if (checked_) return 0u;
  auto n = source_.read(buffer.first(std::min<std::uint64_t>(buffer.size(), left_)));
  if (!n) return n;
  if (*n == 0 && left_ > 0)
    return Error{Errc::data_loss,
                 "'" + hex(name_) + "' ends too early by " + std::to_string(left_) + " bytes"};
  digester_.update({buffer.data(), *n});
  left_ -= *n;
  if (left_ > 0) return n;
  if (auto end = check_end(); !end) return end.error();
  return n;
}

// A reader that knows the size may never ask for the end, so it is looked for here.
Result<> VerifiedSource::check_end() {
  char extra;
  auto n = source_.read({&extra, 1});
  if (!n) return n.error();
  if (*n > 0) return Error{Errc::data_loss, "'" + hex(name_) + "' is longer than its size"};
  if (digester_.finish().sha256 != name_)
    return Error{Errc::data_loss, "bytes do not hash to '" + hex(name_) + "'"};
  checked_ = true;
  return {};
}

}  // namespace coffer
