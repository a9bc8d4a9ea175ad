// hello - the least a FastCGI program of ours can do: the yardstick of what the rest costs

#include "http/serve.h"

namespace {

using namespace coffer;

Result<Response> handle(Request&) { return Response{.body = "hello\n"}; }

Response error_page(Request&, const Error& error) { return {.status = 500, .body = error.message}; }

}  // namespace

int main() { return coffer::serve("hello", 16, handle, error_page); }
