// Passwords: whether one is right, and whether one may be chosen.

#pragma once

#include <string_view>

#include "coffer/app.h"
#include "meta/types.h"

namespace coffer {

/// The user of that name and password, or Errc::unauthenticated: the same answer, after the
/// same work, for a wrong name, a wrong password and a disabled user.
Result<User> check_password(App& app, std::string_view name, std::string_view password);

/// Sets a password and ends the user's sessions. Errc::invalid_argument if it is shorter than 8
/// or longer than 1,024 bytes.
Result<> choose_password(App& app, UserId user, std::string_view password, bool one_time);

}  // namespace coffer
