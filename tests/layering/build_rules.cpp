#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <string_view>

#include "tests/layering/cmake_text.hpp"
#include "tests/layering/rules.hpp"

namespace bisik::layering {
namespace {

constexpr std::array<std::string_view, 5> kLayers = {"crypto", "storage", "proto", "server",
                                                     "client"};
// Names that say nothing attract everything.
constexpr std::array<std::string_view, 8> kNothingNames = {"common", "util",   "utils",   "core",
                                                           "misc",   "helper", "helpers", "shared"};

std::vector<std::string> folders_of(std::string_view path) {
  std::vector<std::string> folders;
  for (const auto& part : std::filesystem::path{path}.parent_path()) folders.push_back(part);
  return folders;
}

// Compiled, or run as a test: what is nothing unless a build file names it.
bool needs_the_build(std::string_view path) {
  return path.ends_with(".cpp") || path.ends_with("_test.sh") || path.ends_with("_test.py");
}

std::string without_variable(std::string word) {
  constexpr std::string_view kHere = "${CMAKE_CURRENT_SOURCE_DIR}/";
  return word.starts_with(kHere) ? word.substr(kHere.size()) : word;
}

// A fuzz target is named by its name alone: see tests/fuzz/CMakeLists.txt.
std::string source_named(const CMakeCommand& command, const std::string& word) {
  const bool fuzz_target = command.name == "bisik_fuzz" && word == command.words.front();
  return fuzz_target ? word + ".cpp" : without_variable(word);
}

// constant_time.sh compiles constant_time*.cpp in ways of its own.
bool has_script(const Tree& tree, std::string_view source) {
  return std::ranges::any_of(tree, [source](const SourceFile& file) {
    constexpr std::string_view kExtension = ".sh";
    const std::string_view path = file.path;
    return path.ends_with(kExtension) && folder(path) == folder(source) &&
           source.starts_with(path.substr(0, path.size() - kExtension.size()));
  });
}

// Every such file that a build file names, from the top of the repository.
std::set<std::string> sources_named(const Tree& tree) {
  std::set<std::string> named;
  for (const auto& file : tree) {
    if (!is_build_file(file)) continue;
    for (const auto& command : cmake_commands(file.text)) {
      for (const auto& word : command.words) {
        const auto source = source_named(command, word);
        const auto path = std::filesystem::path{folder(file.path)} / source;
        if (needs_the_build(source)) named.insert(path.lexically_normal().generic_string());
      }
    }
  }
  return named;
}

bool declares_tests(const SourceFile& file) {
  const auto commands = cmake_commands(file.text);
  return std::ranges::count(commands, "bisik_tests", &CMakeCommand::name) > 0;
}

}  // namespace

Violations folders_named_after_nothing(const Tree& tree) {
  std::set<std::string> found;
  for (const auto& file : tree) {
    for (const auto& name : folders_of(file.path)) {
      if (std::ranges::count(kNothingNames, name) == 0) continue;
      found.insert(std::string{folder(file.path)} + ": name the folder after what it is");
    }
  }
  return {found.begin(), found.end()};
}

Violations sources_outside_the_build(const Tree& tree) {
  Violations found;
  const auto named = sources_named(tree);
  for (const auto& file : tree) {
    if (!needs_the_build(file.path) || named.contains(file.path)) continue;
    if (file.path.ends_with(".cpp") && has_script(tree, file.path)) continue;
    found.push_back(file.path + ": no CMakeLists.txt names it, so it is never built or run");
  }
  return found;
}

Violations layers_without_tests(const Tree& tree) {
  Violations found;
  for (const auto layer : kLayers) {
    const auto in_layer = [layer](const SourceFile& file) {
      return file.path.ends_with(".cpp") && top_folder(file.path) == layer;
    };
    const auto tests = "tests/" + std::string{layer} + "/CMakeLists.txt";
    const auto tests_layer = [&tests](const SourceFile& file) {
      return file.path == tests && declares_tests(file);
    };
    if (std::ranges::any_of(tree, in_layer) && std::ranges::none_of(tree, tests_layer)) {
      found.push_back(tests + ": " + std::string{layer} + "/ has sources but no test program");
    }
  }
  return found;
}

Violations globs(const Tree& tree) {
  Violations found;
  for (const auto& file : tree) {
    if (!is_build_file(file) && !file.path.ends_with(".cmake")) continue;
    for (const auto& command : cmake_commands(file.text)) {
      const bool globs = command.name == "file" && !command.words.empty() &&
                         command.words.front().starts_with("GLOB");
      if (!globs) continue;
      found.push_back(file.path + ":" + std::to_string(command.line) + ": name the files");
    }
  }
  return found;
}

}  // namespace bisik::layering
