// The relay that is measured: one that was started for it beside us, or one that runs already.
// What it costs is read from the kernel's account of its process.
#pragma once

#include <sys/types.h>

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <filesystem>
#include <string>

#include "crypto/capability.hpp"
#include "crypto/dh.hpp"
#include "server/data_directory.hpp"

namespace bisik::server::bench {

// A folder of its own that goes, with all that is in it, at the end.
class ScratchFolder {
 public:
  // Throws Problem.
  explicit ScratchFolder(const std::filesystem::path& parent);
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder();

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

// A relay that we have started. It ends with us, whatever ends us.
class Child {
 public:
  Child() = default;
  // Serves when this returns. Throws Problem.
  explicit Child(const std::filesystem::path& data);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }

 private:
  pid_t pid_ = 0;
};

class RelayProcess {
 public:
  // Starts this program's `up` on a free loopback port.
  explicit RelayProcess(const ScratchFolder& scratch);
  // The one that runs on this folder. Throws Problem where none does. It must listen on a loopback
  // address: who measures a relay over a network measures the network.
  explicit RelayProcess(const std::filesystem::path& data);

  [[nodiscard]] const boost::asio::ip::tcp::endpoint& endpoint() const noexcept {
    return endpoint_;
  }
  [[nodiscard]] const crypto::DhPublicKey& key() const noexcept { return key_; }

  // Lets so many accounts register, through the door of the operator.
  [[nodiscard]] crypto::Capability invite(std::uint32_t uses) const;

  // Of the processor, by all its threads, in steps of 10 ms.
  [[nodiscard]] std::chrono::milliseconds cpu() const;
  [[nodiscard]] std::size_t resident_bytes() const;

 private:
  void meet();

  DataDirectory directory_;
  Child started_;  // nobody where it was there before
  pid_t pid_;
  boost::asio::ip::tcp::endpoint endpoint_;
  crypto::DhPublicKey key_;
};

}  // namespace bisik::server::bench
