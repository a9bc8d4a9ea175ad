#include "base/zip.h"

#include <algorithm>
#include <chrono>

namespace coffer {
namespace {

constexpr std::uint16_t kUtf8 = 1 << 11;
constexpr std::uint16_t kVersion = 45;         // the first that knows ZIP64
constexpr std::uint16_t kMadeByUnix = 3 << 8;  // so that the modes below are read as such
constexpr std::uint32_t kFileMode = 0100644u << 16, kFolderMode = 040755u << 16;
constexpr std::uint64_t kMost32 = 0xffffffff, kMost16 = 0xffff;

// Little-endian numbers, one after the other.
class Record {
 public:
  Record& u16(std::uint64_t number) { return add(number, 2); }
  Record& u32(std::uint64_t number) { return add(number, 4); }
  Record& u64(std::uint64_t number) { return add(number, 8); }
  Record& text(const std::string& text) {
    bytes_ += text;
    return *this;
  }
  std::string& bytes() { return bytes_; }

 private:
  Record& add(std::uint64_t number, int bytes) {
    for (int i = 0; i < bytes; i++) bytes_ += static_cast<char>(number >> (8 * i) & 0xff);
    return *this;
  }

  std::string bytes_;
};

// Date in the high half, time in the low one; from 1980 to 2107, in steps of two seconds.
std::uint32_t dos_time(std::uint64_t ms) {
  using namespace std::chrono;
  sys_time<milliseconds> when{milliseconds(static_cast<std::int64_t>(ms))};
  auto day = floor<days>(when);
  year_month_day date{day};
  auto year = static_cast<std::uint32_t>(std::clamp(int(date.year()), 1980, 2107) - 1980);
  auto second = static_cast<std::uint32_t>((when - day) / seconds(1));
  return (year << 9 | unsigned(date.month()) << 5 | unsigned(date.day())) << 16 |
         second / 3600 << 11 | second / 60 % 60 << 5 | second % 60 / 2;
}

// The extra field with the numbers that do not fit; empty where all do.
std::string zip64(std::initializer_list<std::uint64_t> numbers) {
  Record large;
  for (auto number : numbers)
    if (number >= kMost32) large.u64(number);
  if (large.bytes().empty()) return {};
  return Record().u16(1).u16(large.bytes().size()).text(large.bytes()).bytes();
}

}  // namespace

// In a local header both sizes are there or none; stored, they are the same.
std::string zip_local_header(const ZipMember& member) {
  auto extra = zip64({member.size, member.size});
  auto size = std::min(member.size, kMost32);
  Record record;
  record.u32(0x04034b50).u16(kVersion).u16(kUtf8).u16(0).u32(dos_time(member.modified));
  record.u32(member.crc32).u32(size).u32(size).u16(member.path.size()).u16(extra.size());
  return record.text(member.path).text(extra).bytes();
}

std::string zip_central_header(const ZipMember& member) {
  auto extra = zip64({member.size, member.size, member.offset});
  auto size = std::min(member.size, kMost32);
  Record record;
  record.u32(0x02014b50).u16(kMadeByUnix | kVersion).u16(kVersion).u16(kUtf8).u16(0);
  record.u32(dos_time(member.modified)).u32(member.crc32).u32(size).u32(size);
  record.u16(member.path.size()).u16(extra.size()).u16(0).u16(0).u16(0);
  record.u32(member.path.ends_with('/') ? kFolderMode : kFileMode);
  record.u32(std::min(member.offset, kMost32));
  return record.text(member.path).text(extra).bytes();
}

std::string zip_end(std::uint64_t count, std::uint64_t offset, std::uint64_t size) {
  Record record;
  if (count >= kMost16 || offset >= kMost32 || size >= kMost32) {
    record.u32(0x06064b50).u64(44).u16(kMadeByUnix | kVersion).u16(kVersion).u32(0).u32(0);
    record.u64(count).u64(count).u64(size).u64(offset);
    record.u32(0x07064b50).u32(0).u64(offset + size).u32(1);
  }
  auto entries = std::min(count, kMost16);
  record.u32(0x06054b50).u16(0).u16(0).u16(entries).u16(entries);
  record.u32(std::min(size, kMost32)).u32(std::min(offset, kMost32)).u16(0);
  return record.bytes();
}

}  // namespace coffer
