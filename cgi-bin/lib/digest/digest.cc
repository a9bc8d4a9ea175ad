#include "digest/digest.h"

namespace coffer {

std::string_view name_of(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::sha256:
      return "sha256";
    case Algorithm::sha1:
      return "sha1";
    case Algorithm::md5:
      return "md5";
    case Algorithm::crc32:
      return "crc32";
    case Algorithm::crc64:
      return "crc64";
  }
  return {};
}

std::string_view title_of(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::sha256:
      return "SHA-256";
    case Algorithm::sha1:
      return "SHA-1";
    case Algorithm::md5:
      return "MD5";
    case Algorithm::crc32:
      return "CRC-32";
    case Algorithm::crc64:
      return "CRC-64/XZ";
  }
  return {};
}

std::optional<Algorithm> algorithm_named(std::string_view name) {
  for (auto algorithm : kAlgorithms)
    if (name_of(algorithm) == name) return algorithm;
  return {};
}

std::size_t size_of(Algorithm algorithm) { return digest_of(Digests{}, algorithm).size(); }

std::span<const std::uint8_t> digest_of(const Digests& digests, Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::sha256:
      return digests.sha256;
    case Algorithm::sha1:
      return digests.sha1;
    case Algorithm::md5:
      return digests.md5;
    case Algorithm::crc32:
      return digests.crc32;
    case Algorithm::crc64:
      return digests.crc64;
  }
  return {};
}

}  // namespace coffer
