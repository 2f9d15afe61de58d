#include "tests/layering/tree.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

namespace bisik::layering {
namespace {

namespace fs = std::filesystem;

constexpr std::array kExtensions = {".hpp", ".cpp", ".proto", ".py", ".sh", ".cmake"};
constexpr std::array kNames = {"CMakeLists.txt", "bootstrap", "run"};

bool ours(const fs::path& file) {
  return std::ranges::count(kExtensions, file.extension()) > 0 ||
         std::ranges::count(kNames, file.filename()) > 0;
}

// What is built, what is versioning's own, and what fuzzers found is not source.
bool foreign(const fs::path& directory) {
  const auto name = directory.filename().string();
  return name.starts_with("build") || name == "corpus" || (name[0] == '.' && name != ".ci");
}

std::string contents(const fs::path& path) {
  std::ifstream file;
  file.exceptions(std::ios::failbit | std::ios::badbit);
  file.open(path, std::ios::binary);
  return {std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}};
}

}  // namespace

Tree read_tree(const fs::path& root) {
  Tree tree;
  for (fs::recursive_directory_iterator entry{root}, end; entry != end; ++entry) {
    if (entry->is_directory() && foreign(entry->path())) {
      entry.disable_recursion_pending();
    } else if (entry->is_regular_file() && ours(entry->path())) {
      tree.push_back(
          {entry->path().lexically_relative(root).generic_string(), contents(entry->path())});
    }
  }
  std::ranges::sort(tree, {}, &SourceFile::path);
  return tree;
}

std::string_view top_folder(std::string_view path) {
  const auto slash = path.find('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

std::string_view folder(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

std::string at(const SourceFile& file, std::size_t line) {
  return file.path + ":" + std::to_string(line) + ": ";
}

bool is_header(const SourceFile& file) { return file.path.ends_with(".hpp"); }

bool is_cpp(const SourceFile& file) { return is_header(file) || file.path.ends_with(".cpp"); }

bool is_build_file(const SourceFile& file) { return file.path.ends_with("CMakeLists.txt"); }

}  // namespace bisik::layering
