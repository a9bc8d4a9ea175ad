// digest_field: what a client declares has the length of its algorithm and survives being written
// as a header; what we answer to any wish is a header that we would take.

#include "http/digest_field.h"

#include "base/text.h"
#include "fuzz/fuzz.h"

using namespace coffer;

namespace {

std::string header_of(const Declared& declared) {
  auto name = declared.algorithm == Algorithm::sha256 ? "sha-256"
              : declared.algorithm == Algorithm::sha1 ? "sha"
                                                      : "md5";
  return std::string(name) + "=:" + base64(declared.digest) + ":";
}

}  // namespace

void fuzz(std::string_view input) {
  auto want = take_line(input);
  auto md5 = take_line(input);
  Fields headers{{"repr-digest", std::string(input)}};
  if (!md5.empty()) headers.add("content-md5", std::string(md5));
  if (auto declared = declared_in_headers(headers)) {
    must(!declared->empty());
    for (const Declared& one : *declared) {
      must(one.digest.size() == size_of(one.algorithm));
      auto again = declared_in_headers({{"content-digest", header_of(one)}});
      must(again && again->size() == 1 && again->front().algorithm == one.algorithm &&
           again->front().digest == one.digest);
    }
  }
  for (Algorithm algorithm : kAlgorithms)
    if (auto one =
            declared_in_fields({{std::string(name_of(algorithm)), std::string(input)}}, 0, 1))
      must(one->empty() || one->front().digest.size() == size_of(algorithm));

  Digests digests{};
  auto answer = repr_digest(digests, want);
  if (answer.empty()) return;
  auto ours = declared_in_headers({{"repr-digest", answer}});
  must(ours && ours->size() == 1 && check_declared(*ours, digests));
}
