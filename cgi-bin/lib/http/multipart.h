// Multipart: a form with files in it (RFC 7578), part by part as it streams in.
//
//   Multipart multipart(body, boundary);
//   while (auto part = multipart.next(); part && *part)
//     copy(multipart, ...);   // the bytes of that part
//
// Takes 128 KiB of memory, whatever the size of the form.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/stream.h"

namespace coffer {

/// What the headers of a part say. The file's name is as the browser sent it: unchecked.
struct Part {
  std::string name;
  std::optional<std::string> file_name;
};

/// The boundary in a Content-Type header, or Errc::invalid_argument.
Result<std::string> multipart_boundary(std::string_view content_type);

class Multipart : public Source {
 public:
  static constexpr std::size_t kBufferSize = 128 * 1024;

  Multipart(Source& body, std::string_view boundary);

  /// Goes to the next part, over what was not read of this one; nothing after the last.
  /// Errc::invalid_argument if the form is malformed or ends in the middle.
  Result<std::optional<Part>> next();

  /// The bytes of the part next() went to.
  Result<std::size_t> read(std::span<char> buffer) override;

 private:
  std::string_view held() const { return {buffer_.data() + begin_, end_ - begin_}; }
  Result<> fill();
  Result<std::string> read_headers();

  Source& body_;
  std::string delimiter_;  // CR LF "--" boundary
  std::vector<char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool in_part_ = true;  // what comes before the first delimiter is a part nobody reads
};

}  // namespace coffer
