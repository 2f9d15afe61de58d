// The addresses of a host, found out on a thread of its own, which may outlive whoever asked: the
// system's look-up cannot be ended.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/descriptor.hpp"

namespace bisik::client {

using Endpoints = std::vector<boost::asio::ip::tcp::endpoint>;

class Lookup {
 public:
  // An address is known at once, without a thread.
  Lookup(std::string host, std::uint16_t port);

  // Readable once there is a result.
  [[nodiscard]] int fd() const noexcept;
  // Empty: there is no such host, or it could not be found out.
  [[nodiscard]] std::optional<Endpoints> take();

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace bisik::client
