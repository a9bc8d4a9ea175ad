// Accounts: one's own account, as a page and as JSON.

#pragma once

#include <string_view>

#include "coffer/session.h"

namespace coffer {

/// The account's page or JSON, with a token that was just made, or "".
Result<Response> show_account(App& app, const Request& request, const Caller& caller,
                              std::string_view token);

/// Makes an API token as `form` asks for it, and shows it, this once.
Result<Response> make_token(App& app, const Request& request, const Caller& caller,
                            const Fields& form);

}  // namespace coffer
