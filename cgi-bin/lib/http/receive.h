// From FastCGI's parameters to a Request. Of interest to serve.cc and its test only.

#pragma once

#include "http/message.h"

namespace coffer {

/// Makes a Request of "NAME=value" parameters, the last of which is null; without its body.
/// Errc::invalid_argument for what is malformed, or for a header that came twice: lighttpd
/// merges "X-A" and "X_A" under one name, and a program that reads only one of them would
/// see other than the server in front of it.
Result<Request> receive(const char* const* parameters);

}  // namespace coffer
