#include "client/engine/private_host.hpp"

#include <arpa/inet.h>

#include "client/engine/private_address.hpp"

namespace bisik::client {

bool is_private_host(const std::string& host) {
  crypto::ByteArray<4> four;
  if (inet_pton(AF_INET, host.c_str(), four.data()) == 1) return is_private(four);
  crypto::ByteArray<16> six;
  if (inet_pton(AF_INET6, host.c_str(), six.data()) == 1) return is_private(six);
  const bool is_bare = host.find('.') == std::string::npos;  // of this network, by its resolver
  return is_bare || host.ends_with(".localhost") || host.ends_with(".local");
}

bool may_connect(const proto::RelayAddress& relay, const proto::RelayAddress& ours) {
  return relay == ours || !is_private_host(relay.host) || is_private_host(ours.host);
}

}  // namespace bisik::client
