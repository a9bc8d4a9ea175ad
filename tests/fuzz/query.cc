// query: a query that is taken is text throughout and is the same when it is written anew; of a
// Cookie header whatever can be read is.

#include "base/name.h"
#include "base/text.h"
#include "fuzz/fuzz.h"
#include "http/form.h"

using namespace coffer;

void fuzz(std::string_view input) {
  auto cookies = parse_cookies(input);
  must(cookies.size() <= split(input, ';').size());

  auto fields = parse_query(input);
  if (!fields) return;
  must(is_percent_encoded(input));
  must(fields->size() <= split(input, '&').size());
  std::string text;
  for (const auto& [name, value] : *fields) {
    must(is_utf8(name) && is_utf8(value));
    text += (text.empty() ? "" : "&") + percent_encode(name) + "=" + percent_encode(value);
  }
  auto again = parse_query(text);
  must(bool(again) && std::equal(again->begin(), again->end(), fields->begin(), fields->end()));
}
