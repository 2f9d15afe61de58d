// The relay's folder: only its user may enter it (0700), and one process at a time uses it.
//
//     lock          held by that process as long as it lives
//     relay.key     the relay's keys (server/relay_keys.hpp)
//     relay.db      everything else (storage/sqlite_relay_store.hpp)
//     addresses     HOST:PORT, one a line: what links name, for `invite`
//     admin.sock    where the running relay takes the operator's requests
//
// Throws Problem.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "server/descriptor.hpp"

namespace bisik::server {

// $XDG_STATE_HOME/bisik-relay, else ~/.local/state/bisik-relay.
[[nodiscard]] std::filesystem::path default_data_directory();

class DataDirectory {
 public:
  // Creates it, and what is missing above it.
  static DataDirectory open(const std::filesystem::path& path);
  // One that is there already.
  static DataDirectory open_existing(const std::filesystem::path& path);

  // False: another process uses this directory.
  [[nodiscard]] bool try_lock();

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  [[nodiscard]] std::filesystem::path file(const char* name) const { return path_ / name; }
  [[nodiscard]] int descriptor() const noexcept { return folder_.get(); }
  // The same through a descriptor, for sockets: their names have at most 107 bytes.
  [[nodiscard]] std::string short_name(const char* name) const;

  // What is called so can be read and written, if it is there, and files be made beside it. Throws
  // Problem, so that rights that are missing are not taken for a disk that fails.
  void require_rights_to(const char* name) const;

  void write_addresses(const std::vector<std::string>& lines) const;
  [[nodiscard]] std::vector<std::string> read_addresses() const;

 private:
  DataDirectory(std::filesystem::path path, Descriptor folder)
      : path_{std::move(path)}, folder_{std::move(folder)} {}

  std::filesystem::path path_;
  Descriptor folder_;
  Descriptor lock_;
};

}  // namespace bisik::server
