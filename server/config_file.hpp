// The configuration file: TOML, read without knowing what any setting may be. Each value keeps the
// line that it stands on, so that whatever is wrong with it can be found.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "server/settings.hpp"

namespace bisik::server {

// Something wrong with the configuration.
struct Fault {
  std::string source;    // the file, BISIK_RELAY_LISTEN, --listen
  std::size_t line;      // of the file, from 1; 0: not in one
  std::string sentence;  // what is wrong, what to do

  [[nodiscard]] std::string text() const;  // relay.toml:7: limits.knock_cells is 0: …
};

struct ConfigFile {
  struct Entry {
    std::string name;  // limits.mailbox_cells; not necessarily that of a setting
    Given value;
    std::size_t line;
  };
  std::vector<Entry> entries;  // by line
  std::vector<Fault> faults;
};

// A file that cannot be read or is not TOML is one fault and no entries.
[[nodiscard]] ConfigFile read_config_file(const std::filesystem::path& path);

}  // namespace bisik::server
