#include "client/engine/private_host.hpp"

#include <arpa/inet.h>

#include "crypto/bytes.hpp"

namespace bisik::client {
namespace {

bool is_private(const crypto::ByteArray<4>& ip) {
  const bool shared = ip[0] == 100 && (ip[1] & 0xc0U) == 64;  // 100.64/10, carrier NAT
  return ip[0] == 0 || ip[0] == 10 || ip[0] == 127 || shared || (ip[0] == 169 && ip[1] == 254) ||
         (ip[0] == 172 && (ip[1] & 0xf0U) == 16) || (ip[0] == 192 && ip[1] == 168);
}

bool is_private(const crypto::ByteArray<16>& ip) {
  constexpr crypto::ByteArray<12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (std::equal(kMapped.begin(), kMapped.end(), ip.begin())) {
    return is_private(crypto::ByteArray<4>{ip[12], ip[13], ip[14], ip[15]});
  }
  const bool mostly_zero =
      std::all_of(ip.begin(), ip.end() - 1, [](auto byte) { return byte == 0; });
  return (mostly_zero && ip[15] <= 1) || (ip[0] & 0xfeU) == 0xfc ||
         (ip[0] == 0xfe && (ip[1] & 0xc0U) == 0x80);
}

}  // namespace

bool is_private_host(const std::string& host) {
  crypto::ByteArray<4> four;
  if (inet_pton(AF_INET, host.c_str(), four.data()) == 1) return is_private(four);
  crypto::ByteArray<16> six;
  if (inet_pton(AF_INET6, host.c_str(), six.data()) == 1) return is_private(six);
  return host == "localhost" || host.ends_with(".localhost") || host.ends_with(".local");
}

bool may_connect(const proto::RelayAddress& relay, const proto::RelayAddress& ours) {
  return relay == ours || !is_private_host(relay.host) || is_private_host(ours.host);
}

}  // namespace bisik::client
