// multipart: a form gives the same parts, or the same refusal, however its bytes are split.

#include "http/multipart.h"

#include "fuzz/fuzz.h"

using namespace coffer;

namespace {

// Gives at most `step` bytes at a time.
class Pieces : public Source {
 public:
  Pieces(std::string_view text, std::size_t step) : text_(text), step_(step) {}
  Result<std::size_t> read(std::span<char> buffer) override {
    auto n = text_.copy(buffer.data(), std::min(step_, buffer.size()));
    text_.remove_prefix(n);
    return n;
  }

 private:
  std::string_view text_;
  std::size_t step_;
};

std::string parts_of(std::string_view form, std::string_view boundary, std::size_t step) {
  Pieces body(form, step);
  Multipart multipart(body, boundary);
  std::string all;
  for (;;) {
    auto part = multipart.next();
    if (!part) return part.error().message;
    if (!*part) return all;
    auto value = read_all(multipart, form.size());
    if (!value) return value.error().message;
    all += (*part)->name + '\n' + (*part)->file_name.value_or("") + '\n' + *value + '\n';
  }
}

}  // namespace

void fuzz(std::string_view input) {
  auto step = take_line(input).size() + 1;
  auto boundary = multipart_boundary("multipart/form-data; " + std::string(take_line(input)));
  if (!boundary) return;
  // Not too many pieces: the headers of a part are searched anew with each.
  must(parts_of(input, *boundary, step + input.size() / 50) ==
       parts_of(input, *boundary, input.size() + 1));
}
