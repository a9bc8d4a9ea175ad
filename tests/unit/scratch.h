// Scratch: a directory of its own for one test, gone with it.

#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace coffer {

class Scratch {
 public:
  Scratch() : path_(testing::TempDir() + "coffer.XXXXXX") {
    if (!::mkdtemp(path_.data())) ADD_FAILURE() << "no scratch directory " << path_;
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  std::filesystem::path path() const { return path_; }

  /// A file in it, with that text.
  std::filesystem::path file(const std::string& name, const std::string& text) const {
    std::ofstream(path() / name, std::ios::binary) << text;
    return path() / name;
  }

 private:
  std::string path_;
};

/// All of a file, or nothing where there is none.
inline std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace coffer
