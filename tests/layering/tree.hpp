// The repository as the rules see it: the text of every file that we wrote, by its path.
//
// Generated files never appear, because they live in build folders. Reading throws on an I/O error.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace bisik::layering {

struct SourceFile {
  std::string path;  // from the top of the repository, with forward slashes
  std::string text;
};

// Sorted by path, so that reports are stable.
using Tree = std::vector<SourceFile>;

Tree read_tree(const std::filesystem::path& root);

// "crypto" of "crypto/kdf.cpp"; empty for a file at the top.
std::string_view top_folder(std::string_view path);
// "tests/crypto" of "tests/crypto/kdf_test.cpp"; empty for a file at the top.
std::string_view folder(std::string_view path);

// How a violation begins: "crypto/kdf.cpp:12: ".
std::string at(const SourceFile& file, std::size_t line);

bool is_header(const SourceFile& file);
bool is_cpp(const SourceFile& file);  // header or source
bool is_build_file(const SourceFile& file);

}  // namespace bisik::layering
