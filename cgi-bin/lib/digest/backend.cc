#include "digest/hasher.h"

namespace coffer {

Backend best_backend() { return Backend::openssl; }

std::vector<std::unique_ptr<Hasher>> new_hashers(Backend) { return new_openssl_hashers(); }

}  // namespace coffer
