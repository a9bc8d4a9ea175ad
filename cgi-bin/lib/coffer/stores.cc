#include "coffer/stores.h"

#include <algorithm>

#include "base/media_type.h"
#include "base/text.h"
#include "blob/rados.h"
#include "blob/s3.h"

namespace coffer {
namespace {

constexpr std::chrono::seconds kReadersPatience{10};

template <class Store>
Result<std::unique_ptr<BlobStore>> any_store(Result<std::unique_ptr<Store>> store) {
  if (!store) return store.error();
  return std::unique_ptr<BlobStore>(std::move(*store));
}

Key key_of(const Sha256& blob, const Copy& copy) { return {blob, copy.serial}; }

}  // namespace

Result<std::unique_ptr<BlobStore>> Stores::make(const StoreConfig& config) {
  auto patience = std::min(patience_, std::chrono::seconds(config.timeout_s));
  switch (config.kind) {
    case StoreConfig::Kind::file:
      return any_store(LocalStore::open(config.directory));
    case StoreConfig::Kind::s3:
      return any_store(S3Store::open({.endpoint = config.endpoint,
                                      .region = config.region,
                                      .bucket = config.bucket,
                                      .prefix = config.prefix,
                                      .storage_class = config.storage_class,
                                      .acl = config.acl,
                                      .path_style = config.path_style,
                                      .keys_file = config.keys_file,
                                      .ca_file = config.ca_file,
                                      .stall = patience}));
    case StoreConfig::Kind::rados:
      return any_store(RadosStore::open({.conf = config.conf,
                                         .user = config.user,
                                         .pool = config.pool,
                                         .prefix = config.prefix,
                                         .timeout = patience}));
  }
  return Error{Errc::internal, "a store of no kind"};
}

Result<BlobStore*> Stores::find(std::string_view name) {
  if (name == kLocal) return app_.local.get();
  std::scoped_lock lock(mutex_);
  if (auto store = stores_.find(name); store != stores_.end()) return store->second.get();
  auto config = app_.config.stores.find(name);
  if (config == app_.config.stores.end())
    return Error{Errc::internal, "there is no [stores." + std::string(name) + "]"};
  auto made = make(config->second);
  if (!made)
    return Error{made.error().code, "stores." + std::string(name) + ": " + made.error().message};
  return stores_.emplace(name, std::move(*made)).first->second.get();
}

Result<std::unique_ptr<Source>> Stores::open(const Sha256& blob, const Copy& copy,
                                             ByteRange range) {
  auto store = find(copy.store);
  if (!store) return store.error();
  return (*store)->get(key_of(blob, copy), range);
}

Result<std::unique_ptr<Source>> Stores::open(const Sha256& blob, ByteRange range) {
  auto bytes = app_.local->get(blob, range);
  if (bytes || bytes.error().code != Errc::not_found) return bytes;
  std::vector<Copy> copies;
  {
    auto db = app_.database.borrow_read();
    if (!db) return db.error();
    auto found = find_copies(**db, blob);
    if (!found) return found.error();
    copies = std::move(*found);
  }
  Error error{Errc::data_loss, "no good copy of '" + hex(blob) + "' is left"};
  for (const Copy& copy : copies) {
    if (!copy.good()) continue;
    bytes = open(blob, copy, range);
    if (bytes) return bytes;
    if (error.code != Errc::unavailable)
      error = {bytes.error().code == Errc::unavailable ? Errc::unavailable : Errc::data_loss,
               copy.store + ": " + bytes.error().message};
  }
  return error;
}

Result<std::string> Stores::head_of(const Sha256& blob) {
  auto bytes = open(blob, {.length = kMediaHead});
  if (!bytes) return bytes.error();
  return read_all(**bytes, kMediaHead);
}

Result<std::string> Stores::link(const Sha256& blob, const Copy& copy,
                                 const std::string& disposition) {
  auto config = app_.config.stores.find(copy.store);
  if (config == app_.config.stores.end() || config->second.redirect_s == 0) return std::string();
  auto store = find(copy.store);
  if (!store) return store.error();
  auto s3 = dynamic_cast<S3Store*>(*store);
  if (!s3) return std::string();
  return s3->presign(key_of(blob, copy), std::chrono::seconds(config->second.redirect_s),
                     disposition, "application/octet-stream");
}

// It is made by whoever needs it first, and goes with the App.
Stores& app_stores(App& app) {
  std::call_once(app.stores_made,
                 [&] { app.stores = std::make_shared<Stores>(app, kReadersPatience); });
  return *app.stores;
}

}  // namespace coffer
