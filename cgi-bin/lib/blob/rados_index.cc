#include "blob/rados_index.h"

#include <algorithm>
#include <cerrno>

#include "base/text.h"

namespace coffer {
namespace {

// An OSD hands out 1024 at a time.
constexpr std::size_t kPage = 1000;
constexpr std::string_view kBegun = "begun ", kDoomed = "doomed ";

// Behind every key of a whole blob, which begins with a hex digit.
std::string mark(const Key& key) { return "~" + key_text(key) + "~"; }
std::string mark(const Key& key, const RadosPieces& pieces) { return mark(key) + pieces.token; }

std::string begun(const RadosPieces& pieces) { return std::string(kBegun) + pieces_text(pieces); }
std::string doomed(const RadosPieces& pieces) { return std::string(kDoomed) + pieces_text(pieces); }

// The key and pieces of an entry; people leave things, which are neither.
std::optional<Key> whole_key(std::string_view name, std::string_view value) {
  return parse_pieces(value) ? parse_key(name) : std::nullopt;
}
std::optional<Key> marked_key(std::string_view name) {
  auto words = split(name, '~');
  return words.size() == 3 && words[0].empty() ? parse_key(words[1]) : std::nullopt;
}
std::optional<RadosPieces> marked_pieces(std::string_view value) {
  for (auto state : {kBegun, kDoomed})
    if (value.starts_with(state)) return parse_pieces(value.substr(state.size()));
  return {};
}

}  // namespace

struct RadosIndex::Entries {
  std::vector<std::pair<std::string, std::string>> all;
  bool more = false;
};

// What is to be done at a stroke, if all that it asserts is so.
class RadosIndex::Change {
 public:
  explicit Change(const Librados& rados) : rados_(rados), op_(rados.create_write_op()) {}
  ~Change() { rados_.release_write_op(op_); }
  Change(const Change&) = delete;
  Change& operator=(const Change&) = delete;

  // An entry that is not there has the empty value.
  Change& expect(const std::string& name, const std::string& value) {
    rados_.write_op_omap_cmp2(op_, name.c_str(), LIBRADOS_CMPXATTR_OP_EQ, value.data(), name.size(),
                              value.size(), nullptr);
    return *this;
  }
  Change& set(const std::string& name, const std::string& value) {
    auto names = name.c_str(), values = value.data();
    auto name_size = name.size(), value_size = value.size();
    rados_.write_op_omap_set2(op_, &names, &values, &name_size, &value_size, 1);
    return *this;
  }
  Change& erase(const std::string& name) {
    auto names = name.c_str();
    auto size = name.size();
    rados_.write_op_omap_rm_keys2(op_, &names, &size, 1);
    return *this;
  }
  rados_write_op_t get() const { return op_; }

 private:
  const Librados& rados_;
  rados_write_op_t op_;
};

std::string RadosIndex::object(std::uint8_t byte) const {
  return pool_->prefix() + "index." + hex({&byte, 1});
}

Result<> RadosIndex::apply(const Key& key, Change& change) {
  auto io = pool_->connect();
  if (!io) return io.error();
  int code = pool_->rados.write_op_operate2(change.get(), *io, object(key.blob.front()).c_str(),
                                            nullptr, 0);
  if (code == -ECANCELED)
    return Error{Errc::conflict, "another has changed '" + key_text(key) + "'"};
  if (code < 0) return pool_->error(code, "change an index of");
  return {};
}

Result<RadosIndex::Entries> RadosIndex::read(std::uint8_t byte, const std::string& after,
                                             const std::string& prefix, std::size_t limit) {
  auto io = pool_->connect();
  if (!io) return io.error();
  auto& rados = pool_->rados;
  rados_omap_iter_t iterator = nullptr;
  unsigned char more = 0;
  int code = 0;
  auto op = rados.create_read_op();
  rados.read_op_omap_get_vals2(op, after.c_str(), prefix.c_str(), std::min(limit, kPage), &iterator,
                               &more, &code);
  int done = rados.read_op_operate(op, *io, object(byte).c_str(), 0);
  if (done == 0) done = code;

  Entries entries{.all = {}, .more = more != 0};
  while (done == 0) {
    char *name = nullptr, *value = nullptr;
    std::size_t name_size = 0, value_size = 0;
    done = rados.omap_get_next2(iterator, &name, &value, &name_size, &value_size);
    if (!name) break;
    entries.all.emplace_back(std::string(name, name_size), std::string(value, value_size));
  }
  if (iterator) rados.omap_get_end(iterator);
  rados.release_read_op(op);
  if (done < 0 && done != -ENOENT) return pool_->error(done, "read an index of");
  return entries;
}

// The first name that begins so is the key itself, if it is there.
Result<RadosPieces> RadosIndex::find(const Key& key) {
  auto found = read(key.blob.front(), {}, key_text(key), 1);
  if (!found) return found.error();
  if (!found->all.empty() && found->all[0].first == key_text(key))
    if (auto pieces = parse_pieces(found->all[0].second)) return *pieces;
  return Error{Errc::not_found, "no blob '" + key_text(key) + "'"};
}

Result<> RadosIndex::begin(const Key& key, const RadosPieces& pieces) {
  return apply(key, Change(pool_->rados).set(mark(key, pieces), begun(pieces)));
}

Result<> RadosIndex::finish(const Key& key, const RadosPieces& pieces) {
  return apply(key, Change(pool_->rados)
                        .expect(mark(key, pieces), begun(pieces))
                        .expect(key_text(key), {})
                        .set(key_text(key), pieces_text(pieces))
                        .erase(mark(key, pieces)));
}

Result<> RadosIndex::doom_begun(const Key& key, const RadosPieces& pieces) {
  return apply(key, Change(pool_->rados)
                        .expect(mark(key, pieces), begun(pieces))
                        .set(mark(key, pieces), doomed(pieces)));
}

// Those that are begun are looked for first: none can be finished, and so be missed, in between.
// If one is, it begins again.
Result<std::vector<RadosPieces>> RadosIndex::doom(const Key& key) {
  for (;;) {
    auto marked = read(key.blob.front(), {}, mark(key), kPage);
    if (!marked) return marked.error();
    auto whole = find(key);
    if (!whole && whole.error().code != Errc::not_found) return whole.error();

    std::vector<RadosPieces> left;
    Change change(pool_->rados);
    for (auto& [name, value] : marked->all) {
      auto pieces = marked_pieces(value);
      if (!pieces || name != mark(key, *pieces)) continue;
      change.expect(name, value).set(name, doomed(*pieces));
      left.push_back(*pieces);
    }
    if (whole) {
      change.expect(key_text(key), pieces_text(*whole)).erase(key_text(key));
      change.set(mark(key, *whole), doomed(*whole));
      left.push_back(*whole);
    }
    if (left.empty()) return left;
    auto applied = apply(key, change);
    if (applied) return left;
    if (applied.error().code != Errc::conflict) return applied.error();
  }
}

Result<> RadosIndex::forget(const Key& key, const RadosPieces& pieces) {
  return apply(key, Change(pool_->rados).erase(mark(key, pieces)));
}

Result<std::vector<Key>> RadosIndex::list(const std::optional<Key>& after, std::size_t limit) {
  std::vector<Key> keys;
  for (unsigned byte = after ? after->blob.front() : 0; byte < 256; byte++) {
    auto last = after && byte == after->blob.front() ? key_text(*after) : std::string();
    for (bool more = true; more && keys.size() < limit;) {
      auto entries = read(static_cast<std::uint8_t>(byte), last, {}, limit - keys.size());
      if (!entries) return entries.error();
      for (auto& [name, value] : entries->all) {
        auto key = whole_key(name, value);
        if (key && key->blob.front() == byte) keys.push_back(*key);
        last = name;
      }
      more = entries->more && last < "~";
    }
  }
  return keys;
}

Result<std::vector<Key>> RadosIndex::unfinished(std::size_t limit) {
  std::vector<Key> keys;
  for (unsigned byte = 0; byte < 256 && keys.size() < limit; byte++) {
    auto entries = read(static_cast<std::uint8_t>(byte), {}, "~", limit - keys.size());
    if (!entries) return entries.error();
    for (auto& [name, value] : entries->all) {
      auto key = marked_key(name);
      if (key && key->blob.front() == byte && marked_pieces(value) &&
          (keys.empty() || keys.back() != *key))
        keys.push_back(*key);
    }
  }
  return keys;
}

}  // namespace coffer
