#include <array>
#include <map>
#include <set>
#include <string_view>

#include "tests/layering/cmake_text.hpp"
#include "tests/layering/rules.hpp"
#include "tests/layering/source_text.hpp"

namespace bisik::layering {
namespace {

// Arrows point down only. Adding one here is an architecture decision; make it in review.
const std::map<std::string_view, std::set<std::string_view>> kMayUse = {
    {"crypto", {"crypto"}},
    {"storage", {"storage"}},
    {"proto", {"proto", "crypto"}},
    {"server", {"server", "proto", "storage", "crypto"}},
    {"client", {"client", "proto", "storage", "crypto"}},
};

// What is no library of a layer but how things are built.
const std::set<std::string_view> kBuildTargets = {"bisik_build", "bisik_options"};

// A library, and where alone it may be known.
struct Home {
  std::string_view header, target, folder;
};
constexpr std::array kHomes = {
    Home{"sqlite3.h", "SQLite::SQLite3", "storage/"},
    Home{"sodium.h", "PkgConfig::sodium", "crypto/"},
};

// Where Asio must not be known: what decides does no I/O.
constexpr std::array<std::string_view, 5> kWithoutAsio = {"crypto/", "storage/", "client/engine/",
                                                          "client/rpc/", "server/relay."};

struct Include {
  std::string_view name;
  bool quoted;
  std::size_t line;
};

std::vector<Include> includes_of(const SourceFile& file) {
  std::vector<Include> includes;
  const auto code = code_only(file.text);
  for (const auto at : find_word(code, "include")) {
    const auto line =
        std::string_view{file.text}.substr(at).substr(0, file.text.find('\n', at) - at);
    const auto open = line.find_first_of("\"<");
    const auto close = line.find_first_of("\">", open + 1);
    const auto hash = code.find_last_not_of(" \t", at == 0 ? 0 : at - 1);
    if (close == std::string_view::npos || code[hash] != '#') continue;
    includes.push_back(
        {line.substr(open + 1, close - open - 1), line[open] == '"', line_at(code, at)});
  }
  return includes;
}

bool is_layer(const SourceFile& file) { return kMayUse.contains(top_folder(file.path)); }

bool may_include_asio(std::string_view path) {
  for (const auto place : kWithoutAsio) {
    if (path.starts_with(place)) return false;
  }
  return !path.starts_with("proto/") || path.starts_with("proto/stream.");
}

// Which folder at the top defines each of our targets.
std::map<std::string, std::string_view> homes_of_targets(const Tree& tree) {
  std::map<std::string, std::string_view> homes;
  for (const auto& file : tree) {
    if (!is_build_file(file)) continue;
    for (const auto& command : cmake_commands(file.text)) {
      const bool defines = command.name == "add_library" || command.name == "add_executable";
      if (defines) homes[command.words.front()] = top_folder(file.path);
    }
  }
  return homes;
}

void append(Violations& all, const Violations& some) {
  all.insert(all.end(), some.begin(), some.end());
}

Violations headers_out_of_place(const SourceFile& file) {
  Violations found;
  for (const auto& include : includes_of(file)) {
    const auto place = at(file, include.line);
    if (include.name.starts_with("boost/asio") && !may_include_asio(file.path)) {
      found.push_back(place + "what decides does no I/O: no Asio here");
    }
    for (const auto& home : kHomes) {
      if (include.name == home.header && !file.path.starts_with(home.folder)) {
        found.push_back(place + std::string{home.header} + " stays in " + std::string{home.folder});
      }
    }
  }
  return found;
}

Violations links_out_of_place(const SourceFile& file) {
  Violations found;
  for (const auto& command : cmake_commands(file.text)) {
    for (const auto& word : command.words) {
      const auto place = at(file, command.line);
      if (word == "protobuf::libprotobuf") {
        found.push_back(place + "link protobuf::libprotobuf-lite, never both runtimes");
      }
      for (const auto& home : kHomes) {
        if (word == home.target && !file.path.starts_with(home.folder)) {
          found.push_back(place + word + " stays in " + std::string{home.folder});
        }
      }
    }
  }
  return found;
}

}  // namespace

Violations includes_against_the_arrows(const Tree& tree) {
  Violations found;
  for (const auto& file : tree) {
    if (!is_cpp(file) || !is_layer(file)) continue;
    const auto& allowed = kMayUse.at(top_folder(file.path));
    for (const auto& include : includes_of(file)) {
      const auto place = at(file, include.line);
      const auto target = top_folder(include.name);
      if (include.quoted && target.empty()) {
        found.push_back(place + "write the include as \"folder/file.hpp\"");
      } else if ((include.quoted || kMayUse.contains(target)) && !allowed.contains(target)) {
        found.push_back(place + "must not know " + std::string{include.name});
      }
    }
  }
  return found;
}

Violations links_against_the_arrows(const Tree& tree) {
  Violations found;
  const auto homes = homes_of_targets(tree);
  for (const auto& file : tree) {
    if (!is_build_file(file) || !is_layer(file)) continue;
    const auto& allowed = kMayUse.at(top_folder(file.path));
    for (const auto& command : cmake_commands(file.text)) {
      if (command.name != "target_link_libraries") continue;
      for (const auto& word : command.words) {
        if (!word.starts_with("bisik_") || kBuildTargets.contains(word)) continue;
        const auto home = homes.find(word);
        if (home != homes.end() && allowed.contains(home->second)) continue;
        found.push_back(at(file, command.line) + "must not link " + word);
      }
    }
  }
  return found;
}

Violations libraries_out_of_place(const Tree& tree) {
  Violations found;
  for (const auto& file : tree) {
    if (is_layer(file) && is_cpp(file)) append(found, headers_out_of_place(file));
    if (is_layer(file) && is_build_file(file)) append(found, links_out_of_place(file));
  }
  return found;
}

Violations secrets_exposed_outside_crypto(const Tree& tree) {
  Violations found;
  for (const auto& file : tree) {
    if (!is_cpp(file) || !is_layer(file) || top_folder(file.path) == "crypto") continue;
    const auto code = code_only(file.text);
    for (const auto* const name : {"expose", "expose_mutable"}) {
      for (const auto position : find_word(code, name)) {
        found.push_back(at(file, line_at(code, position)) + "key bytes leave in crypto/ alone");
      }
    }
  }
  return found;
}

}  // namespace bisik::layering
