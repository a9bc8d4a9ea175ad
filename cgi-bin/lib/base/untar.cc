#include "base/untar.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace coffer {
namespace {

constexpr std::size_t kBuffer = 128 * 1024;
constexpr std::size_t kBlock = 512;
constexpr std::size_t kMostExtended = 64 * 1024;

// So that no sum of a size, its padding and an offset goes over.
constexpr std::uint64_t kMostSize = 1ull << 62;

Error damaged(const char* what) {
  return {Errc::invalid_argument, "the archive is damaged: {}", {what}};
}

// Up to the first zero byte.
std::string_view text_at(std::span<const char> block, std::size_t at, std::size_t most) {
  std::string_view text(&block[at], most);
  return text.substr(0, text.find('\0'));
}

// Octal digits, with blanks before and a blank or zero byte after them; or, if the first bit is
// set, a binary number, of which the second bit is the sign.
std::optional<std::uint64_t> number_at(std::span<const char> block, std::size_t at,
                                       std::size_t most) {
  auto first = static_cast<unsigned char>(block[at]);
  std::uint64_t number = 0;
  if (first & 0x80) {
    if (first != 0x80) return {};
    for (std::size_t i = 1; i < most; i++) {
      if (number > (kMostSize >> 8)) return {};
      number = number << 8 | static_cast<unsigned char>(block[at + i]);
    }
    return number;
  }
  auto text = text_at(block, at, most);
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  for (char c : text.substr(0, text.find(' '))) {
    if (c < '0' || c > '7') return {};
    number = number * 8 + static_cast<std::uint64_t>(c - '0');
  }
  return number;
}

// The sum of the block's bytes with its own place full of blanks. Some have added them up as
// signed.
bool has_its_checksum(std::span<const char> block) {
  auto said = number_at(block, 148, 8);
  std::uint64_t plain = 0;
  std::int64_t with_sign = 0;
  for (std::size_t i = 0; i < kBlock; i++) {
    char byte = i >= 148 && i < 156 ? ' ' : block[i];
    plain += static_cast<unsigned char>(byte);
    with_sign += static_cast<signed char>(byte);
  }
  return said && (*said == plain || (with_sign >= 0 && *said == std::uint64_t(with_sign)));
}

// The path in the header alone. GNU's own format has times where ustar has the path's beginning.
std::string path_in(std::span<const char> block) {
  std::string path(text_at(block, 0, 100));
  auto prefix = text_at(block, 345, 155);
  bool ustar = std::string_view(&block[257], 6) == std::string_view("ustar\0", 6);
  return ustar && !prefix.empty() ? std::string(prefix) + '/' + path : path;
}

UntarMember::Kind kind_of(char type, std::string_view path) {
  using enum UntarMember::Kind;
  switch (type) {
    case '\0':  // from before there were folders: their names end in a slash
    case '0':
      return path.ends_with('/') ? folder : file;
    case '7':
      return file;
    case '5':
      return folder;
    case '1':
    case '2':
    case '3':
    case '4':
    case '6':
      return special;
    case 'S':
      return sparse;
    default:
      return unknown;
  }
}

std::uint64_t padding_of(std::uint64_t size) { return (kBlock - size % kBlock) % kBlock; }

}  // namespace

Untar::Untar(Source& body) : body_(body), buffer_(kBuffer) {}

// The next bytes of the body, whatever they mean.
Result<std::size_t> Untar::take(std::span<char> buffer) {
  if (begin_ == end_) {
    auto n = body_.read(buffer_);
    if (!n) return n;
    begin_ = 0;
    end_ = *n;
  }
  auto count = std::min(buffer.size(), end_ - begin_);
  std::copy_n(&buffer_[begin_], count, buffer.data());
  begin_ += count;
  offset_ += count;
  return count;
}

Result<> Untar::skip(std::uint64_t bytes) {
  std::array<char, 4096> skipped;
  while (bytes > 0) {
    auto n = take(std::span(skipped).first(std::min<std::uint64_t>(bytes, skipped.size())));
    if (!n) return n.error();
    if (*n == 0) return damaged("it ends in the middle");
    bytes -= *n;
  }
  return {};
}

// False where the body ends instead.
Result<bool> Untar::read_block(std::span<char> block) {
  for (std::size_t have = 0; have < block.size();) {
    auto n = take(block.subspan(have));
    if (!n) return n.error();
    if (*n == 0 && have > 0) return damaged("it ends in the middle");
    if (*n == 0) return false;
    have += *n;
  }
  return true;
}

Result<std::string> Untar::read_text(std::uint64_t size) {
  if (size > kMostExtended) return damaged("a path or extended header is too long");
  std::string text(size, '\0');
  if (size > 0) {
    auto there = read_block(text);
    if (!there) return there.error();
    if (!*there) return damaged("it ends in the middle");
  }
  if (auto skipped = skip(padding_of(size)); !skipped) return skipped.error();
  return text;
}

// Records "LENGTH KEY=VALUE\n", where the length counts itself. Of two with the same key the later
// one counts.
Result<> Untar::read_extended(std::uint64_t size, UntarMember& member,
                              std::optional<std::uint64_t>& its_size) {
  auto text = read_text(size);
  if (!text) return text.error();
  member.records.clear();
  for (std::string_view rest = *text; !rest.empty();) {
    auto blank = rest.find(' ');
    auto length = parse_number(rest.substr(0, std::min(blank, rest.size())));
    if (!length || *length > rest.size() || *length < blank + 2 || rest[*length - 1] != '\n')
      return damaged("a record of an extended header");
    auto record = rest.substr(blank + 1, *length - blank - 2);
    rest.remove_prefix(*length);
    auto equals = record.find('=');
    if (equals == record.npos) return damaged("a record of an extended header");
    auto key = record.substr(0, equals), value = record.substr(equals + 1);
    if (key == "path") {
      member.path = value;
    } else if (key == "size") {
      its_size = parse_number(value);
      if (!its_size) return damaged("a size");
    } else {
      member.records.emplace_back(key, value);
    }
  }
  return {};
}

// In GNU's old form of a file with holes more of the list of its pieces may follow the header.
Result<> Untar::skip_sparse_map(const char* header) {
  std::array<char, kBlock> block{};
  for (char more = header[482]; more != 0; more = block[504]) {
    auto there = read_block(block);
    if (!there) return there.error();
    if (!*there) return damaged("it ends in the middle");
  }
  return {};
}

// The header of the member itself, which comes after all that say more of it.
Result<> Untar::begin_member(std::span<const char> header, std::uint64_t size,
                             UntarMember& member) {
  char type = header[156];
  if (member.path.empty()) member.path = path_in(header);
  member.kind = kind_of(type, member.path);
  for (const auto& [key, value] : member.records)
    if (key.starts_with("GNU.sparse.")) member.kind = UntarMember::Kind::sparse;
  if (type == 'S')
    if (auto skipped = skip_sparse_map(header.data()); !skipped) return skipped;
  // What is neither a file nor unknown has no bytes, whatever its size says.
  bool empty = type >= '1' && type <= '6';
  member.size = empty ? 0 : size;
  if (member.size > kMostSize) return damaged("a size");
  left_ = member.size;
  padding_ = padding_of(left_);
  return {};
}

Result<std::optional<UntarMember>> Untar::next() {
  if (auto skipped = skip(left_ + padding_); !skipped) return skipped.error();
  left_ = padding_ = 0;
  UntarMember member;
  std::optional<std::uint64_t> its_size;
  for (std::array<char, kBlock> block;;) {
    auto there = read_block(block);
    if (!there) return there.error();
    if (!*there) return damaged("it ends in the middle");
    if (std::ranges::all_of(block, [](char c) { return c == 0; }))
      return std::optional<UntarMember>{};
    if (!has_its_checksum(block)) return damaged("the checksum of a header");
    auto size = number_at(block, 124, 12);
    if (!size || *size > kMostSize) return damaged("a size");

    char type = block[156];
    if (type == 'L') {
      auto path = read_text(*size);
      if (!path) return path.error();
      member.path = path->substr(0, path->find('\0'));
    } else if (type == 'x') {
      if (auto read = read_extended(*size, member, its_size); !read) return read.error();
    } else if (type == 'g' || type == 'K') {
      if (auto skipped = skip(*size + padding_of(*size)); !skipped) return skipped.error();
    } else {
      auto begun = begin_member(block, its_size.value_or(*size), member);
      if (!begun) return begun.error();
      return std::optional(std::move(member));
    }
  }
}

Result<std::size_t> Untar::read(std::span<char> buffer) {
  if (left_ == 0) return std::size_t{0};
  auto n = take(buffer.first(std::min<std::uint64_t>(buffer.size(), left_)));
  if (!n) return n;
  if (*n == 0 && !buffer.empty()) return damaged("it ends in the middle");
  left_ -= *n;
  return n;
}

}  // namespace coffer
