// Place: where a page of a listing ends, as text that comes back with the request for the next.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "meta/types.h"

namespace coffer {

/// The place after an entry: all that any order compares, for no order needs a row to be there.
std::string place_of(const Entry& entry);

/// The entry of which that is the place, as far as it is in it. Nothing if `text` is no place.
std::optional<Entry> read_place(std::string_view text);

}  // namespace coffer
