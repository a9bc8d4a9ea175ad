// untar: an archive gives the same members, or the same refusal, however its bytes are split. The
// first line of the input is as long as the pieces; of the rest each block that begins with "=" has
// its checksum mended, so that what is in a header is reached.

#include "base/untar.h"

#include <cstdio>

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

std::string members_of(std::string_view archive, std::size_t step) {
  Pieces body(archive, step);
  Untar untar(body);
  std::string all;
  for (;;) {
    auto member = untar.next();
    must(untar.offset() <= archive.size());
    if (!member) return all + member.error().message;
    if (!*member) return all;
    all += std::to_string(int((*member)->kind)) + (*member)->path + '\n';
    for (const auto& [key, value] : (*member)->records) all += key + '=' + value + '\n';
    auto bytes = read_all(untar, archive.size());
    if (!bytes) return all + bytes.error().message;
    must(bytes->size() == (*member)->size);
    all += *bytes + '\n';
  }
}

std::string mended(std::string archive) {
  for (std::size_t at = 0; at + 512 <= archive.size(); at += 512) {
    if (archive[at] != '=') continue;
    archive.replace(at + 148, 8, 8, ' ');
    unsigned sum = 0;
    for (std::size_t i = 0; i < 512; i++) sum += static_cast<unsigned char>(archive[at + i]);
    char text[8];
    std::snprintf(text, sizeof text, "%06o", sum);
    archive.replace(at + 148, 7, text, 7);
  }
  return archive;
}

}  // namespace

void fuzz(std::string_view input) {
  auto step = take_line(input).size() + 1;
  auto archive = mended(std::string(input));
  must(members_of(archive, step) == members_of(archive, archive.size() + 1));
}
