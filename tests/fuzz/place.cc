// place: what is read as the place of an entry is text, and the place of what was read is the same.

#include "coffer/place.h"

#include "base/name.h"
#include "fuzz/fuzz.h"

using namespace coffer;

void fuzz(std::string_view input) {
  auto entry = read_place(input);
  if (!entry) return;
  must(is_utf8(entry->name));
  auto again = read_place(place_of(*entry));
  must(again && again->id == entry->id && again->name == entry->name &&
       again->size == entry->size && again->modified == entry->modified &&
       again->trashed == entry->trashed);
}
