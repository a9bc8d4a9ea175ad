// form: what is read of a form is text, and is read again from what it would be written as.

#include "http/form.h"

#include "base/name.h"
#include "base/text.h"
#include "fuzz/fuzz.h"

using namespace coffer;

void fuzz(std::string_view input) {
  Request request{.method = "POST"};
  request.headers.add("content-type", std::string(take_line(input)));
  request.length = input.size();
  request.body = std::make_unique<StringSource>(std::string(input));
  auto fields = read_form(request);
  if (!fields) return;
  must(fields->size() <= kMostFields);
  std::string text;
  for (const auto& [name, value] : *fields) {
    must(is_utf8(name) && is_utf8(value));
    text += (text.empty() ? "" : "&") + percent_encode(name) + "=" + percent_encode(value);
  }
  auto again = parse_query(text);
  must(bool(again) && std::equal(again->begin(), again->end(), fields->begin(), fields->end()));
}
