// A Unix socket that others find by its path: for this user alone (0600), and gone at the end.
#pragma once

#include <filesystem>

#include "client/descriptor.hpp"

namespace bisik::client {

class SocketFile {
 public:
  // In place of one that nobody serves any more. Throws Problem, also if anything else is there.
  explicit SocketFile(const std::filesystem::path& path);
  SocketFile(const SocketFile&) = delete;
  SocketFile& operator=(const SocketFile&) = delete;
  ~SocketFile();

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  // What accepts, non-blocking. Once.
  [[nodiscard]] Descriptor take_listener() { return std::move(listener_); }

 private:
  std::filesystem::path path_;
  Descriptor listener_;
};

}  // namespace bisik::client
