// Which language a request is answered in.

#pragma once

#include "base/language.h"
#include "http/message.h"

namespace coffer {

/// The cookie that keeps a choice; its value is the language's tag.
inline constexpr std::string_view kLanguageCookie = "lang";

/// The language of that tag or a more special one ("zh-CN"), or nothing.
std::optional<Language> language_tagged(std::string_view tag);

/// What the cookie says, else the one of ours that Accept-Language (RFC 9110 §12.5.4) prefers,
/// else English.
Language language_of(const Request& request);

/// Set-Cookie for a language that somebody has chosen.
std::string language_cookie(const Request& request, Language language);

}  // namespace coffer
