// coffer digest - the five digests of files
//
//   coffer digest FILE...     one block for each; '-' is standard input
//
// Exit 0, or 1 if one of them cannot be read.

#include <fcntl.h>
#include <unistd.h>

#include <iostream>
#include <vector>

#include "base/file.h"
#include "base/text.h"
#include "digest/digester.h"

namespace {

using namespace coffer;

Result<Digests> digest_file(const std::string& path) {
  auto file = open_file(path == "-" ? "/dev/stdin" : path, O_RDONLY);
  if (!file) return file.error();
  Digester digester;
  std::vector<char> buffer(256 * 1024);
  for (;;) {
    auto n = ::read(file->get(), buffer.data(), buffer.size());
    if (n < 0) return system_error("read", path);
    if (n == 0) return digester.finish();
    digester.update({buffer.data(), static_cast<std::size_t>(n)});
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: coffer digest FILE...\n";
    return 2;
  }
  int status = 0;
  for (int i = 1; i < argc; i++) {
    auto digests = digest_file(argv[i]);
    if (!digests) {
      std::cerr << "coffer digest: " << digests.error().message << "\n";
      status = 1;
      continue;
    }
    std::cout << argv[i] << "\n";
    for (Algorithm algorithm : kAlgorithms)
      std::cout << "  " << name_of(algorithm) << " " << hex(digest_of(*digests, algorithm)) << "\n";
  }
  return status;
}
