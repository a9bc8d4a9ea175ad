// Sendfile: answers that are bytes of users, which lighttpd sends from the disk by itself.

#pragma once

#include <filesystem>
#include <string>

#include "http/message.h"

namespace coffer {

/// The headers of every answer that is not made by us alone: whatever is in it, a browser neither
/// runs it here, nor takes it for something else, nor lets another site have it.
Fields inert_headers(std::string type, std::string caching);

/// 200 with the file, or as the request has it 206, 304 or 416: lighttpd sees to ranges and
/// conditions. A copy may be kept, but is asked about each time: files and rights change.
Response sendfile(const Request& request, const std::filesystem::path& file, std::string type,
                  std::string etag);

}  // namespace coffer
