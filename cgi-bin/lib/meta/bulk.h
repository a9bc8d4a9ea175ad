// Bulk: what an upload of many small files writes, in a few statements instead of several for each.
//
// The rows travel as one JSON array, which the server takes apart.

#pragma once

#include <vector>

#include "meta/event.h"
#include "meta/tree.h"
#include "meta/types.h"
#include "sql/database.h"

namespace coffer {

/// Puts those of the owner's `files` into their folders whose names are free there. The id of each,
/// in their order; none for one that put_file() has to decide about: because its name is taken, if
/// only by an earlier one of them, or its folder is not there, or it must not be new.
Result<std::vector<EntryId>> put_new_files(Transaction& tx, UserId owner,
                                           const std::vector<NewFile>& files);

/// add_reference() for each of `blobs`, which may be the same ones. False if one is doomed.
Result<bool> add_references(Transaction& tx, std::vector<Blob> blobs);

/// add_copy() for each of `blobs`.
Result<> add_copies(Transaction& tx, const std::vector<Blob>& blobs);

/// record() for each of one user's deeds.
Result<> record_all(Transaction& tx, const Actor& actor, UserId owner,
                    const std::vector<Deed>& deeds);

}  // namespace coffer
