#include "http/multipart.h"

#include <algorithm>
#include <cstring>

#include "base/name.h"
#include "base/text.h"

namespace coffer {
namespace {

constexpr std::size_t kMostHeaderBytes = 8 * 1024;

Error malformed(const char* what) {
  return {Errc::invalid_argument, "the form is malformed: {}", {what}};
}

// The value of a parameter: a token, or a quoted string in which a backslash hides a quote.
// Other backslashes stay: old browsers send paths with them.
std::string take_value(std::string_view& text) {
  std::string value;
  if (!text.starts_with('"')) {
    auto end = std::min(text.find(';'), text.size());
    value = trim(text.substr(0, end));
    text.remove_prefix(end);
    return value;
  }
  text.remove_prefix(1);
  while (!text.empty() && text.front() != '"') {
    if (text.starts_with("\\\"")) text.remove_prefix(1);
    value += text.front();
    text.remove_prefix(1);
  }
  text.remove_prefix(std::min<std::size_t>(1, text.size()));
  return value;
}

// The value of `wanted` among the parameters after the first ';'.
std::optional<std::string> parameter(std::string_view text, std::string_view wanted) {
  text.remove_prefix(std::min(text.find(';'), text.size()));
  while (!text.empty()) {
    text.remove_prefix(1);
    auto equals = std::min(text.find('='), text.size());
    auto name = lower(trim(text.substr(0, equals)));
    text.remove_prefix(std::min(equals + 1, text.size()));
    auto value = take_value(text);
    if (name == wanted) return value;
    text.remove_prefix(std::min(text.find(';'), text.size()));
  }
  return {};
}

// Browsers write a quote and a line break in a name as %22, %0D and %0A, and nothing else
// (HTML standard, "escape a multipart form data name").
std::string unescape_name(std::string name) {
  for (auto [from, to] : {std::pair{"%22", '"'}, {"%0D", '\r'}, {"%0A", '\n'}})
    for (auto at = name.find(from); at != name.npos; at = name.find(from, at + 1))
      name.replace(at, 3, 1, to);
  return name;
}

}  // namespace

Result<std::string> multipart_boundary(std::string_view content_type) {
  auto boundary = parameter(content_type, "boundary");
  if (!boundary || boundary->empty() || boundary->size() > 70)
    return malformed("its Content-Type has no boundary of 1 to 70 characters");
  return *boundary;
}

// A line break in front of the body makes the first delimiter like all others.
Multipart::Multipart(Source& body, std::string_view boundary)
    : body_(body), delimiter_("\r\n--" + std::string(boundary)), buffer_(kBufferSize) {
  buffer_[0] = '\r';
  buffer_[1] = '\n';
  end_ = 2;
}

Result<> Multipart::fill() {
  std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
            buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
  end_ -= begin_;
  begin_ = 0;
  auto n = body_.read(std::span(buffer_).subspan(end_));
  if (!n) return n.error();
  if (*n == 0) return malformed("it ends in the middle");
  end_ += *n;
  return {};
}

Result<std::size_t> Multipart::read(std::span<char> buffer) {
  while (in_part_) {
    auto held = this->held();
    auto found = static_cast<const char*>(
        ::memmem(held.data(), held.size(), delimiter_.data(), delimiter_.size()));
    // Without a delimiter in sight, the last bytes may be the first of one.
    std::size_t ready = found ? static_cast<std::size_t>(found - held.data())
                              : held.size() - std::min(held.size(), delimiter_.size() - 1);
    auto count = std::min(ready, buffer.size());
    held.copy(buffer.data(), count);
    begin_ += count;
    if (found && count == ready) {
      begin_ += delimiter_.size();
      in_part_ = false;
    }
    if (count > 0) return count;
    if (found) break;
    if (auto filled = fill(); !filled) return filled.error();
  }
  return std::size_t{0};
}

// What follows a delimiter up to the empty line, each line with its line break.
Result<std::string> Multipart::read_headers() {
  for (;;) {
    auto held = this->held();
    auto end = held.find("\r\n\r\n");
    // However the bytes came: the end is too far, or would be even if it came next.
    if (std::min(end, held.size() - std::min<std::size_t>(3, held.size())) > kMostHeaderBytes)
      return malformed("a part's headers are too long");
    if (end != held.npos) {
      begin_ += end + 4;
      return std::string(held.substr(0, end + 2));
    }
    if (auto filled = fill(); !filled) return filled.error();
  }
}

Result<std::optional<Part>> Multipart::next() {
  std::vector<char> skipped(in_part_ ? 4096 : 0);
  while (in_part_)
    if (auto n = read(skipped); !n) return n.error();
  while (held().size() < 2)
    if (auto filled = fill(); !filled) return filled.error();
  if (held().starts_with("--")) return std::optional<Part>{};
  auto headers = read_headers();
  if (!headers) return headers.error();
  auto rest = std::string_view(*headers);
  if (trim(rest.substr(0, rest.find("\r\n"))) != "") return malformed("bytes after a boundary");

  std::optional<Part> part;
  while (!rest.empty()) {
    auto line = rest.substr(0, rest.find("\r\n"));
    rest.remove_prefix(line.size() + 2);
    auto colon = line.find(':');
    if (colon == line.npos || lower(trim(line.substr(0, colon))) != "content-disposition") continue;
    if (part) return malformed("a part with two Content-Dispositions");
    auto value = trim(line.substr(colon + 1));
    auto name = parameter(value, "name");
    if (!lower(value).starts_with("form-data") || !name) break;
    part = Part{unescape_name(*name), parameter(value, "filename")};
    if (part->file_name) part->file_name = unescape_name(*part->file_name);
    if (!is_utf8(part->name)) return malformed("a field's name is not UTF-8");
  }
  if (!part) return malformed("a part without a name");
  in_part_ = true;
  return part;
}

}  // namespace coffer
