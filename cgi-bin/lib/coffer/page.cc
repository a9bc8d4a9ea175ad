#include "coffer/page.h"

#include "base/json.h"
#include "base/text.h"
#include "coffer/entry_view.h"
#include "digest/token.h"
#include "http/language.h"

namespace coffer {
namespace {

// Nothing on a page of ours may run, load or send anything but what we serve ourselves. What users
// have brought is served by programs that say `sandbox` with it.
constexpr char kPolicy[] =
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; "
    "media-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

Fields page_headers(std::string_view type) {
  return {{"Content-Type", std::string(type)},  {"Cache-Control", "no-store"},
          {"Content-Security-Policy", kPolicy}, {"X-Content-Type-Options", "nosniff"},
          {"Referrer-Policy", "same-origin"},   {"Vary", "Accept, Accept-Language, Cookie"}};
}

std::string problem(const Request& request, int status, std::string_view detail) {
  JsonWriter json;
  json.begin_object();
  json.member("type", "about:blank");
  json.member("title", reason_of(status));
  json.member("status", static_cast<unsigned>(status));
  json.member("detail", detail);
  json.member("request", request.id);
  json.end_object();
  return std::move(json.text()) + "\n";
}

// What the client is told: the error itself, or a calm sentence in its place.
Error told(const Request& request, const Error& error, int status) {
  if (error.code == Errc::method_not_allowed)
    return {error.code, "this address answers {}, not {}", {error.message, request.method}};
  if (error.code == Errc::no_space)
    return {error.code, "the disk has too little room left for that"};
  if (error.code == Errc::unavailable)
    return {error.code,
            "part of this cloud does not answer right now; nothing is lost, try again in a moment"};
  if (status >= 500)
    return {error.code, "something went wrong on our side; nothing of yours is lost"};
  return error;
}

}  // namespace

bool wants_html(const Request& request) {
  return request.headers.value("accept").find("text/html") != std::string_view::npos;
}

Words words_for(App& app, const Request& request) { return {app.views, language_of(request)}; }

std::string sentence_of(App& app, const Request& request, const Error& error) {
  auto say = told(request, error, status_of(error.code));
  return words_for(app, request).say(say.pattern, say.values);
}

Result<Response> html_page(App& app, const Request& request, std::string_view name, Data data,
                           const Caller* caller) {
  auto language = language_of(request);
  data["lang"] = Data(std::string(tag_of(language)));
  data["here"] = Data(request.is_read() ? request.uri : "/");
  Data languages(Data::type::list);
  for (const auto& other : kLanguages) {
    Data one("tag", std::string(other.tag));
    one["name"] = Data(std::string(other.name));
    languages.push_back(std::move(one));
  }
  data["languages"] = std::move(languages);
  data["read_only"] = Data(request.read_only);
  if (caller) {
    data["user"] = Data(caller->user.name);
    data["is_admin"] = Data(caller->user.admin);
    data["csrf"] = Data(prove_token(caller->csrf));
  }
  auto page = app.views.render(language, name, data);
  if (!page) return page.error();
  return Response{.headers = page_headers("text/html; charset=utf-8"), .body = std::move(*page)};
}

Response json_answer(std::string json, int status) {
  return {.status = status,
          .headers = page_headers("application/json"),
          .body = std::move(json) + "\n"};
}

Response changed_answer(const Request& request, std::string page, std::string_view member,
                        std::uint64_t count) {
  if (wants_html(request)) return see_other(std::move(page));
  JsonWriter json;
  json.begin_object();
  json.member(member, count);
  json.end_object();
  return json_answer(json.text());
}

std::string page_back(const Fields& form) {
  auto back = form.value("back");
  if (back == "trash") return "/file/query?folder=trash";
  return folder_href(EntryId{parse_number(back).value_or(0)});
}

Response error_page(App& app, Request& request, const Error& error) {
  int status = status_of(error.code);
  request.notes.add("error", error.message);
  bool html = wants_html(request);
  if (status == 401 && html && request.method == "GET")
    return see_other("/user/signin?next=" + percent_encode(request.uri));

  auto words = words_for(app, request);
  auto sentence = sentence_of(app, request, error);
  Response response{.headers = page_headers("application/problem+json"),
                    .body = problem(request, status, sentence)};
  if (html) {
    Data data;
    data["status"] = Data(std::to_string(status));
    data["title"] = Data(words.say(reason_of(status)));
    data["sentence"] = Data(sentence);
    data["id"] = Data(request.id);
    data["ours"] = Data(status >= 500);
    if (auto page = html_page(app, request, "error.html", std::move(data), nullptr))
      response = std::move(*page);
  }
  response.status = status;
  // A browser would answer Basic with a box of its own instead of our page, or before its script
  // hears of it.
  bool browser = html || request.headers.has("x-requested-with");
  if (status == 401)
    response.headers.add("WWW-Authenticate", browser ? "Bearer" : "Basic realm=\"Coffer\"");
  if (status == 405) response.headers.add("Allow", error.message);
  if (error.retry_after)
    response.headers.add("Retry-After", std::to_string(error.retry_after));
  else if (status == 503)
    response.headers.add("Retry-After", "2");
  return response;
}

}  // namespace coffer
