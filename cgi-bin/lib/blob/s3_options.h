// S3Options: where a bucket is, and how to speak to it; and what URLs that makes.

#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"

namespace coffer {

struct S3Options {
  std::string endpoint{};  // "https://host", ":port" where it is not 443, or "http://…"
  std::string region{"us-east-1"};
  std::string bucket{};
  std::string prefix{};               // of all our keys: "coffer/"
  std::string storage_class{};        // "STANDARD_IA"; empty for the bucket's own
  std::string acl{"private"};         // of each object; empty for the bucket's own
  bool path_style = false;            // https://host/bucket/key, not https://bucket.host/key
  std::filesystem::path keys_file{};  // as read_access_keys() wants it
  std::filesystem::path ca_file{};    // who vouches for the server, where that is not the system
  std::chrono::seconds stall{30};     // how long a connection may be silent
  std::uint64_t part_size = 16 << 20;
  unsigned parts_at_a_time = 3;
};

struct S3Address {
  std::string origin{};  // "https://host:port", without the port where it is the usual one
  std::string host{};    // "host:port", as the Host header has it
  std::string root{};    // the path of the bucket's objects: "/", or in path style "/bucket/"
};

/// Errc::internal with a sentence on what is wrong in the options.
Result<S3Address> address_of(const S3Options& options);

}  // namespace coffer
