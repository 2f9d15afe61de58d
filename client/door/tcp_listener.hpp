// Where bots come in over TCP: an address that the person chose, and whether it is of this machine
// alone.
#pragma once

#include <string>

#include "client/descriptor.hpp"

namespace bisik::client {

// Nobody comes there from another machine. HOST:PORT, [IPv6]:PORT or PORT; HOST is an address or
// localhost, which it also is if absent. Throws Problem if it is none of these.
[[nodiscard]] bool is_loopback_address(const std::string& where);

class TcpListener {
 public:
  // An address as above; port 0 is any free one. Throws Problem.
  explicit TcpListener(const std::string& where);

  // As it turned out: 127.0.0.1:8080.
  [[nodiscard]] const std::string& address() const noexcept { return address_; }
  // What accepts, non-blocking. Once.
  [[nodiscard]] Descriptor take_listener() { return std::move(listener_); }

 private:
  Descriptor listener_;
  std::string address_;
};

}  // namespace bisik::client
