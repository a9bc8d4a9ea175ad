// Media types: what a file is, by its first bytes. Its name is what somebody chose to call it, and
// the type that a client declares is what it likes to claim: neither is asked.
//
// The types are those that a browser may be given without anything in it being run. HTML, SVG and
// XML are text here, and what is not known is nothing.

#pragma once

#include <cstddef>
#include <string_view>

namespace coffer {

enum class MediaKind { none, image, pdf, audio, video, text };

struct MediaType {
  MediaKind kind = MediaKind::none;
  std::string_view name = "application/octet-stream";  // for a Content-Type
};

/// How much of a file's front decides, where there is that much: a text is looked at this far.
inline constexpr std::size_t kMediaHead = 32 * 1024;

/// The type of a file that begins with `head`.
MediaType media_type(std::string_view head);

/// `head` without the beginning of a character at its end, which was cut in the middle.
std::string_view whole_characters(std::string_view head);

}  // namespace coffer
