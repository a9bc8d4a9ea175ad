#include "coffer/archive.h"

#include <deque>

#include "base/tar.h"
#include "base/text.h"
#include "base/zip.h"

namespace coffer {
namespace {

constexpr char kDirectory[] = "the directory of a zip";

// The bytes of a blob, which must be as many as its row says: what follows them in an archive is
// found by counting.
class Exactly : public Source {
 public:
  Exactly(std::unique_ptr<Source> bytes, std::uint64_t size)
      : bytes_(std::move(bytes)), left_(size) {}

  Result<std::size_t> read(std::span<char> buffer) override {
    auto n = bytes_->read(buffer);
    if (!n) return n;
    if (*n > left_ || (*n == 0 && left_ > 0))
      return Error{Errc::data_loss, "a blob is not as long as its row says"};
    left_ -= *n;
    return n;
  }

 private:
  std::unique_ptr<Source> bytes_;
  std::uint64_t left_;
};

// Sources one after the other, more of which are added as they run out.
class Archive : public Source {
 public:
  explicit Archive(Walk walk) : walk_(std::move(walk)) {}

  Result<std::size_t> read(std::span<char> buffer) override {
    for (;;) {
      if (parts_.empty()) {
        if (done_) return std::size_t{0};
        if (auto more = go_on(); !more) return more.error();
        continue;
      }
      auto n = parts_.front()->read(buffer);
      if (!n || *n > 0) return n;
      parts_.pop_front();
    }
  }

 protected:
  void add(std::string text) { parts_.push_back(std::make_unique<StringSource>(std::move(text))); }
  void add(std::unique_ptr<Source> bytes) { parts_.push_back(std::move(bytes)); }

  Result<> add_blob(const OpenBlob& open, const Entry& entry) {
    if (entry.folder) return {};
    auto bytes = open(entry.sha256);
    if (!bytes) return bytes.error();
    add(std::make_unique<Exactly>(std::move(*bytes), entry.size));
    return {};
  }

 private:
  virtual Result<> add_member(const Walked& walked) = 0;
  virtual Result<> add_end() = 0;

  Result<> go_on() {
    auto walked = walk_.next();
    if (!walked) return walked.error();
    if (*walked) return add_member(**walked);
    done_ = true;
    return add_end();
  }

  Walk walk_;
  std::deque<std::unique_ptr<Source>> parts_;
  bool done_ = false;
};

class Zip : public Archive {
 public:
  Zip(Walk walk, OpenBlob open, Fd directory)
      : Archive(std::move(walk)), open_(std::move(open)), directory_(std::move(directory)) {}

 private:
  Result<> add_member(const Walked& walked) override {
    ZipMember member{.path = walked.path,
                     .size = walked.entry.size,
                     .crc32 = 0,
                     .modified = std::uint64_t(walked.entry.modified),
                     .offset = offset_};
    for (auto byte : walked.digests.crc32) member.crc32 = member.crc32 << 8 | byte;
    auto local = zip_local_header(member), central = zip_central_header(member);
    if (auto kept = write_all(directory_.get(), central, kDirectory); !kept) return kept;
    count_++;
    offset_ += local.size() + member.size;
    size_ += central.size();
    add(std::move(local));
    return add_blob(open_, walked.entry);
  }

  Result<> add_end() override {
    add(std::make_unique<FileSource>(std::move(directory_), 0, size_, kDirectory));
    add(zip_end(count_, offset_, size_));
    return {};
  }

  OpenBlob open_;
  Fd directory_;
  std::uint64_t count_ = 0;
  std::uint64_t offset_ = 0;  // of the next member, and at last of the directory
  std::uint64_t size_ = 0;    // of the directory
};

class Tar : public Archive {
 public:
  Tar(Walk walk, OpenBlob open) : Archive(std::move(walk)), open_(std::move(open)) {}

 private:
  Result<> add_member(const Walked& walked) override {
    const Entry& entry = walked.entry;
    add(tar_header({walked.path, entry.size, std::uint64_t(entry.modified)}));
    if (auto added = add_blob(open_, entry); !added) return added;
    add(tar_padding(entry.size));
    return {};
  }

  Result<> add_end() override {
    add(tar_end());
    return {};
  }

  OpenBlob open_;
};

class Sums : public Archive {
 public:
  Sums(Walk walk, Algorithm algorithm) : Archive(std::move(walk)), algorithm_(algorithm) {}

 private:
  Result<> add_member(const Walked& walked) override {
    if (!walked.entry.folder)
      add(hex(digest_of(walked.digests, algorithm_)) + "  " + walked.path + "\n");
    return {};
  }

  Result<> add_end() override { return {}; }

  Algorithm algorithm_;
};

}  // namespace

std::unique_ptr<Source> zip_of(Walk walk, OpenBlob open, Fd scratch) {
  return std::make_unique<Zip>(std::move(walk), std::move(open), std::move(scratch));
}

std::unique_ptr<Source> tar_of(Walk walk, OpenBlob open) {
  return std::make_unique<Tar>(std::move(walk), std::move(open));
}

std::unique_ptr<Source> sums_of(Walk walk, Algorithm algorithm) {
  return std::make_unique<Sums>(std::move(walk), algorithm);
}

}  // namespace coffer
