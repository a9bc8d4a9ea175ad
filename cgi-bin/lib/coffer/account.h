// Accounts: passwords, sessions and tokens as the user program and the operator use them.

#pragma once

#include <string>
#include <string_view>

#include "coffer/session.h"

namespace coffer {

/// The user of that name and password, or Errc::unauthenticated: the same answer, after the
/// same work, for a wrong name, a wrong password and a disabled user.
Result<User> check_password(App& app, std::string_view name, std::string_view password);

/// Sets a password and ends the user's sessions. Errc::invalid_argument if it is shorter than 8
/// or longer than 1,024 bytes.
Result<> choose_password(App& app, UserId user, std::string_view password, bool one_time);

/// Opens a session. Returns the token for its cookie.
Result<std::string> start_session(App& app, UserId user);

/// Where to go after signing in: `text` if it is a path of ours, else "/". Whatever a browser
/// could read as another host is not.
std::string local_path(std::string_view text);

/// The account's page or JSON, with a token that was just made, or "".
Result<Response> show_account(App& app, const Request& request, const Caller& caller,
                              std::string_view token);

/// Makes an API token for the caller and shows it, this once.
Result<Response> make_token(App& app, const Request& request, const Caller& caller,
                            std::string_view label);

}  // namespace coffer
