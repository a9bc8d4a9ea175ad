// text: what is encoded decodes to itself, and what decodes has one spelling only.

#include "base/text.h"

#include "base/name.h"
#include "fuzz/fuzz.h"

using namespace coffer;

void fuzz(std::string_view input) {
  auto bytes = bytes_of(input);
  std::vector<std::uint8_t> copy(bytes.begin(), bytes.end());
  must(unhex(hex(bytes)) == copy);
  must(unbase64(base64(bytes)) == copy);
  must(unbase64url(base64url(bytes)) == copy);

  if (auto decoded = unhex(input)) must(hex(*decoded) == lower(input));
  if (auto decoded = unbase64(input)) must(base64(*decoded) == input);
  if (auto decoded = unbase64url(input)) must(base64url(*decoded) == input);

  must(is_percent_encoded(percent_encode(input)));
  must(percent_encode(input).find_first_of("/?&=+#\"<> \r\n") == std::string::npos);
  must(percent_encode_path(input).size() <= percent_encode(input).size());

  if (auto number = parse_number(input)) {
    auto text = std::to_string(*number);
    must(input.ends_with(text));
    must(input.find_first_not_of('0') >= input.size() - text.size() || *number == 0);
  }

  std::size_t size = 0;
  auto parts = split(input, ',');
  for (auto part : parts) {
    must(trim(part) == part && part.find(',') == part.npos);
    size += part.size() + 1;
  }
  must(size <= input.size() + 1);
}
