// Listing: one page of a folder, as a request asks for it and as JSON or a page shows it.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "coffer/session.h"
#include "http/fields.h"
#include "meta/entry.h"
#include "view/view.h"

namespace coffer {

/// What is asked for. `after` holds what is needed of the last entry of the page before.
struct ListingQuery {
  Entry folder;  // the root and the trash have no more than an id
  Sort sort = Sort::name;
  bool descending = false;
  std::size_t limit = 100;
  std::optional<Entry> after;
};

/// The answer. `next` goes into the query for the page after this one; "" on the last.
struct Listing {
  EntryId folder = kRoot;
  std::vector<Entry> entries;
  std::string next;
};

/// Reads a query. Errc::invalid_argument, or Errc::not_found for a folder that is not there.
Result<ListingQuery> listing_of(Connection& db, const Caller& caller, const Fields& fields);

Result<Listing> list(Connection& db, UserId owner, const ListingQuery& query);

std::string listing_json(const Listing& listing);

/// For templates/folder.html.
Data listing_data(const Words& words, const ListingQuery& query, const Listing& listing);

/// One entry with its digests and versions, as JSON and for templates/entry.html.
std::string entry_json(const Entry& entry, const Digests& digests,
                       const std::vector<Version>& versions);
Data details_data(const Words& words, const Entry& entry, const Digests& digests,
                  const std::vector<Version>& versions);

}  // namespace coffer
