#include "proto/error.hpp"

#include <string>

namespace bisik::proto {
namespace {

const char* text(Errc e) {
  switch (e) {
    case Errc::malformed:
      return "malformed message";
    case Errc::too_large:
      return "message over its limit";
    case Errc::handshake_failed:
      return "handshake failed";
    case Errc::not_a_relay:
      return "no relay with this key answers";
    case Errc::wrong_version:
      return "no protocol version in common";
    case Errc::broken_channel:
      return "channel is broken";
    case Errc::closed:
      return "connection closed";
    case Errc::cancelled:
      return "given up";
    case Errc::not_a_link:
      return "not a bisik link";
    case Errc::host_too_long:
      return "host name is too long";
    case Errc::bad_host:
      return "not a host name or address";
    case Errc::bad_port:
      return "not a port number";
    case Errc::bad_relay_key:
      return "relay key is incomplete or mistyped";
    case Errc::mangled_payload:
      return "the part after '#' is incomplete or mistyped";
  }
  return "unknown protocol error";
}

class Category final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "bisik.proto"; }
  std::string message(int value) const override { return text(static_cast<Errc>(value)); }
};

}  // namespace

const boost::system::error_category& error_category() noexcept {
  static const Category category;
  return category;
}

}  // namespace bisik::proto
