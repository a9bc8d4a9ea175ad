#include "blob/store.h"

#include <algorithm>

#include "base/text.h"
#include "digest/endian.h"

namespace coffer {

std::string key_text(const Key& key) {
  if (key.serial == 0) return hex(key.blob);
  return hex(key.blob) + "." + hex(big_endian<8>(key.serial));
}

// Only the spelling that key_text() has is one: of two texts for a key, one would be a stranger.
std::optional<Key> parse_key(std::string_view text) {
  Key key;
  auto blob = unhex(text.substr(0, 2 * key.blob.size()));
  if (!blob || blob->size() != key.blob.size()) return {};
  std::copy(blob->begin(), blob->end(), key.blob.begin());
  if (auto rest = text.substr(2 * key.blob.size()); !rest.empty()) {
    auto serial = unhex(rest.substr(1));
    if (!serial || serial->size() != sizeof key.serial) return {};
    for (auto byte : *serial) key.serial = key.serial << 8 | byte;
  }
  if (key_text(key) != text) return {};
  return key;
}

}  // namespace coffer
