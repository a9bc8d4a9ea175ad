// Passwords: whether one is right, and whether one may be chosen.

#pragma once

#include <string_view>

#include "coffer/app.h"
#include "http/message.h"
#include "meta/event.h"
#include "meta/types.h"

namespace coffer {

/// The user of that name and password, or Errc::unauthenticated: the same answer, after the
/// same work, for a wrong name, a wrong password and a disabled user. Errc::too_many, before any
/// of that work, if wrong ones came too often from where this request comes from.
Result<User> check_password(App& app, const Request& request, std::string_view name,
                            std::string_view password);

/// Counts a try at something other than a password, of which only a few may be made from one
/// place. Errc::too_many if there were.
Result<> count_try(App& app, const Request& request, std::string_view what);

/// Errc::invalid_argument, with what is wrong, for a password that one should not have: shorter
/// than 8 characters or longer than 1,024 bytes, the user's own name, or one of those in
/// conf/common-passwords, in any case.
Result<> check_new_password(App& app, std::string_view name, std::string_view password);

/// Sets a password that passes check_new_password(), and ends the user's sessions.
Result<> choose_password(App& app, const Actor& actor, const User& user, std::string_view password,
                         bool one_time);

}  // namespace coffer
