// What the tests of digests share.

#pragma once

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "digest/digester.h"

namespace coffer {

/// The backends that this machine can run.
inline std::vector<Backend> backends() {
  if (best_backend() == Backend::openssl) return {Backend::openssl};
  return {Backend::openssl, Backend::fused};
}

inline std::string backend_name(const testing::TestParamInfo<Backend>& info) {
  return info.param == Backend::fused ? "Fused" : "OpenSsl";
}

inline Digests digests_of(std::string_view bytes, Backend backend = best_backend()) {
  Digester digester(backend);
  digester.update(bytes);
  return digester.finish();
}

inline std::string random_bytes(std::size_t size) {
  static std::mt19937_64 random(7);
  std::string bytes(size, '\0');
  for (auto& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

}  // namespace coffer
