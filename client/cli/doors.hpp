// Where a daemon serves bots: what the command line asks for, opened, and how whoever comes in is
// spoken with.
#pragma once

#include "client/cli/commands.hpp"
#include "client/door/host.hpp"
#include "client/door/http_link.hpp"
#include "client/door/socket_file.hpp"
#include "client/door/tcp_listener.hpp"

namespace bisik::client {

class Doors {
 public:
  // Throws Problem: an address that cannot be served, or that others could reach without a token.
  // `folder`: where sockets and tokens are that have no place of their own.
  Doors(const std::filesystem::path& folder, const DaemonOptions& options, Tenants& tenants);
  Doors(const Doors&) = delete;
  Doors& operator=(const Doors&) = delete;

  // Once; this outlives the host.
  void open(Host& host);
  [[nodiscard]] bool any() const { return socket_ || tcp_ || http_; }
  // Where they are, for the person.
  [[nodiscard]] SafeText words() const;

 private:
  void open_tcp(Host& host);

  Tenants& tenants_;
  rpc::Conversation::Options speech_;
  HttpLink::Rules rules_;
  std::optional<SocketFile> socket_;
  std::optional<TcpListener> tcp_;
  std::optional<TcpListener> http_;
};

}  // namespace bisik::client
