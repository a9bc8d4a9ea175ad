// Stores: the places that copies can be in, opened when they are first needed.
//
//   auto bytes = app_stores(app).open(blob, {});   // from the nearest good copy
//
// Only the programs that ask for it are linked with what reaches other machines.

#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>

#include "coffer/app.h"
#include "meta/copy.h"

namespace coffer {

class Stores {
 public:
  /// No request to a store waits longer than `patience` for a sign of life, nor longer than its own
  /// timeout says.
  Stores(App& app, std::chrono::seconds patience) : app_(app), patience_(patience) {}

  /// The local disk ("local"), or a store of the configuration; it lives as long as this does.
  /// Errc::internal if it is not in the configuration, or cannot be as it is there.
  Result<BlobStore*> find(std::string_view name);

  /// Opens a copy. Errc::not_found if the store does not have it.
  Result<std::unique_ptr<Source>> open(const Sha256& blob, const Copy& copy, ByteRange range);

  /// Opens the nearest good copy of a blob: the local one wherever it can be read.
  /// Errc::unavailable if a store that has one does not answer, Errc::data_loss if there is none.
  Result<std::unique_ptr<Source>> open(const Sha256& blob, ByteRange range);

  /// The first kMediaHead bytes of a blob, by which one can tell what it is.
  Result<std::string> head_of(const Sha256& blob);

  /// A link to a copy, for whoever has it, for as long as the store's configuration says. It makes
  /// a browser save the bytes under the name in `disposition`. Nothing if the store does not do
  /// that.
  Result<std::string> link(const Sha256& blob, const Copy& copy, const std::string& disposition);

 private:
  Result<std::unique_ptr<BlobStore>> make(const StoreConfig& config);

  App& app_;
  std::chrono::seconds patience_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<BlobStore>, std::less<>> stores_;
};

/// The stores as a program that answers requests uses them: somebody waits.
Stores& app_stores(App& app);

}  // namespace coffer
