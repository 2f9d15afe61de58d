// How long every function is, as universal-ctags sees it.
//
// The one thing about C++ that the rules do not try to understand by themselves. A missing ctags is
// an exception whose text names the package, so that the test fails instead of finding nothing.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace bisik::layering {

struct Function {
  std::string path;  // as given
  std::string name;
  int first_line, last_line;

  [[nodiscard]] int lines() const { return last_line - first_line + 1; }
};

// Of the C++ files below `folders`, which are relative to `root`. Throws std::runtime_error.
std::vector<Function> functions_in(const std::filesystem::path& root,
                                   const std::vector<std::string>& folders);

}  // namespace bisik::layering
