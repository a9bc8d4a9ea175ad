// Pages and JSON: one answer in the form its reader asked for.
//
// A browser, which says so in Accept, gets HTML; everybody else gets JSON.

#pragma once

#include "coffer/app.h"
#include "coffer/session.h"
#include "view/view.h"

namespace coffer {

/// Whether the client reads HTML rather than JSON.
bool wants_html(const Request& request);

/// What the sender of the request reads.
Words words_for(App& app, const Request& request);

/// What the sender of the request is told about an error, in their language: from 500 up a calm
/// sentence in its place.
std::string sentence_of(App& app, const Request& request, const Error& error);

/// A page made of templates/`name`, in the reader's language. Who is signed in goes into it too,
/// where there is anybody.
Result<Response> html_page(App& app, const Request& request, std::string_view name, Data data,
                           const Caller* caller);

Response json_answer(std::string json, int status = 200);

/// The answer to a change: 303 to `page`, or {"member":count}.
Response changed_answer(const Request& request, std::string page, std::string_view member,
                        std::uint64_t count);

/// The address of the folder that a form names as `back`.
std::string page_back(const Fields& form);

/// The one way an error reaches a client: a page, or problem details (RFC 9457). From 500 up
/// the client gets a calm sentence and the request's id, and the log gets the cause.
Response error_page(App& app, Request& request, const Error& error);

}  // namespace coffer
