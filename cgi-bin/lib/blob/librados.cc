#include "blob/librados.h"

#include <dlfcn.h>

#include <string>

namespace coffer {
namespace {

Result<Librados> load() {
  Librados rados;
  void* library = ::dlopen("librados.so.2", RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return Error{Errc::internal,
                 "Ceph's client library cannot be loaded, its package is librados2: " +
                     std::string(::dlerror())};
#define COFFER_LOAD(function)                                                           \
  rados.function =                                                                      \
      reinterpret_cast<decltype(rados.function)>(::dlsym(library, "rados_" #function)); \
  if (!rados.function)                                                                  \
    return Error{Errc::internal, "Ceph's client library is too old, it lacks rados_" #function};
  COFFER_LIBRADOS(COFFER_LOAD)
#undef COFFER_LOAD
  return rados;
}

}  // namespace

Result<const Librados*> librados() {
  static const auto loaded = load();
  if (!loaded) return loaded.error();
  return &*loaded;
}

}  // namespace coffer
