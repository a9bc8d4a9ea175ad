#include "blob/check.h"

#include "base/text.h"
#include "digest/digester.h"

namespace coffer {
namespace {

Error other_bytes(const Key& key) {
  return {Errc::data_loss, "the copy '" + key_text(key) + "' has other bytes"};
}

Result<Depth> read_copy(BlobStore& store, const Key& key, const Expected& expected) {
  auto bytes = store.get(key, {});
  if (!bytes) return bytes.error();
  Digester digester;
  auto read = copy(**bytes, [&](std::string_view buffer) {
    digester.update(buffer);
    return Result<>{};
  });
  if (!read) return read.error();
  if (*read != expected.size || digester.finish() != expected.digests) return other_bytes(key);
  return Depth::read;
}

}  // namespace

Result<Depth> check_copy(BlobStore& store, const Key& key, const Expected& expected, Depth depth) {
  auto said = store.stat(key);
  if (!said) return said.error();
  if (said->size != expected.size) return other_bytes(key);
  if (depth == Depth::read) return read_copy(store, key, expected);
  if (said->crc64 && *said->crc64 != expected.digests.crc64) return other_bytes(key);
  if (said->crc64) return Depth::stat;
  // An ETag that is none of these may still be of the right bytes: of encrypted ones, say.
  bool known = !said->etag.empty() &&
               (said->etag == hex(expected.digests.md5) || said->etag == expected.etag);
  if (known) return Depth::stat;
  return read_copy(store, key, expected);
}

}  // namespace coffer
