// serve(): the FastCGI loop. It and body.h are the only places that know libfcgi.
//
// One process, on a listening socket that a keeper holds open and hands us as descriptor 0.
// Threads are started as requests come at the same time, up to a limit, and then stay.

#pragma once

#include <functional>
#include <string_view>

#include "http/message.h"

namespace coffer {

/// Answers a request, or says why not.
using Handler = std::function<Result<Response>(Request&)>;

/// Turns an error into the answer that this client can read.
using ErrorPage = std::function<Response(Request&, const Error&)>;

/// Accepts requests, calls `handle` for each, sends its Response, or `error_page` of its Error
/// or of what it threw, and logs one line. Returns the exit status: 0 after SIGTERM or SIGINT,
/// once the requests in hand are answered.
int serve(std::string_view name, unsigned most_threads, const Handler& handle,
          const ErrorPage& error_page);

}  // namespace coffer
