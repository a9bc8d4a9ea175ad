#include "base/tar.h"

#include <algorithm>

namespace coffer {
namespace {

constexpr std::size_t kBlock = 512;
constexpr std::size_t kMostPath = 100;
constexpr std::uint64_t kMostSize = (1ull << 33) - 1;  // eleven octal digits

// A zero-filled block of named fields at fixed places.
class Block {
 public:
  void text(std::size_t at, std::size_t most, const std::string& text) {
    text.copy(&bytes_[at], most);
  }
  void octal(std::size_t at, std::size_t digits, std::uint64_t number) {
    for (std::size_t i = digits; i-- > 0; number /= 8)
      bytes_[at + i] = static_cast<char>('0' + number % 8);
  }
  // The sum is taken with its own place full of blanks.
  std::string sealed() {
    std::fill_n(&bytes_[148], 8, ' ');
    std::uint64_t sum = 0;
    for (char c : bytes_) sum += static_cast<unsigned char>(c);
    octal(148, 6, sum);
    bytes_[154] = '\0';
    return bytes_;
  }

 private:
  std::string bytes_ = std::string(kBlock, '\0');
};

std::string header(const std::string& path, char kind, std::uint64_t size, std::uint64_t modified) {
  Block block;
  block.text(0, kMostPath, path);
  block.octal(100, 7, kind == '5' ? 0755 : 0644);
  block.octal(108, 7, 0);
  block.octal(116, 7, 0);
  block.octal(124, 11, std::min(size, kMostSize));
  block.octal(136, 11, std::min(modified / 1000, kMostSize));
  block.text(156, 1, std::string(1, kind));
  block.text(257, 8, std::string("ustar\00000", 8));
  return block.sealed();
}

// "LENGTH KEY=VALUE\n", where the length counts itself.
std::string pax_record(const std::string& key, const std::string& value) {
  auto rest = " " + key + "=" + value + "\n";
  auto length = rest.size() + 1;
  while (std::to_string(length).size() + rest.size() != length) length++;
  return std::to_string(length) + rest;
}

bool is_ascii(const std::string& text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<signed char>(c) > 0; });
}

}  // namespace

std::string tar_header(const TarMember& member) {
  std::string extended;
  if (member.path.size() > kMostPath || !is_ascii(member.path))
    extended += pax_record("path", member.path);
  if (member.size > kMostSize) extended += pax_record("size", std::to_string(member.size));
  std::string blocks;
  if (!extended.empty())
    blocks = header("pax", 'x', extended.size(), member.modified) + extended +
             tar_padding(extended.size());
  char kind = member.path.ends_with('/') ? '5' : '0';
  return blocks + header(member.path, kind, member.size, member.modified);
}

std::string tar_padding(std::uint64_t size) {
  return std::string((kBlock - size % kBlock) % kBlock, '\0');
}

std::string tar_end() { return std::string(2 * kBlock, '\0'); }

}  // namespace coffer
