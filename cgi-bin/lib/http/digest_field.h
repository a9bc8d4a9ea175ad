// Digest fields: what a client says its bytes digest to, and what we say ours do.
//
// Repr-Digest, Content-Digest and Want-Repr-Digest are those of RFC 9530, Content-MD5 that
// of RFC 1864. The algorithms that RFC 9530 registers and we have are sha-256, sha and md5.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "digest/digest.h"
#include "http/message.h"

namespace coffer {

/// A digest that the bytes must have.
struct Declared {
  Algorithm algorithm{};
  std::vector<std::uint8_t> digest;
};

/// What the headers of an upload declare. Errc::invalid_argument if one is malformed, or
/// names only algorithms that we do not have and so could not enforce.
Result<std::vector<Declared>> declared_in_headers(const Fields& headers);

/// What the fields sha256, sha1, md5, crc32 and crc64 (in hex) declare for the file number
/// `file` of `files` in a form: a field given once for each file belongs to them in order.
Result<std::vector<Declared>> declared_in_fields(const Fields& fields, std::size_t file,
                                                 std::size_t files);

/// What the headers of a request and the fields of its query declare of its body.
Result<std::vector<Declared>> declared_in(const Request& request);

/// Errc::mismatch, naming the first that differs, or nothing.
Result<> check_declared(const std::vector<Declared>& declared, const Digests& digests);

/// The value of Repr-Digest for a client that wants `want` (its Want-Repr-Digest, or "").
/// "" if it wants none that we have.
std::string repr_digest(const Digests& digests, std::string_view want);

}  // namespace coffer
