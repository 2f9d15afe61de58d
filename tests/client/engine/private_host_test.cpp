#include "client/engine/private_host.hpp"

#include <gtest/gtest.h>

namespace bisik::client {
namespace {

TEST(PrivateHost, KnowsTheAddressesOfOwnNetworks) {
  for (const char* host :
       {"127.0.0.1",   "127.9.9.9",   "10.0.0.1",   "172.16.0.1",        "172.31.255.1",
        "192.168.1.1", "169.254.1.1", "100.64.0.1", "0.0.0.0",           "::1",
        "::",          "fe80::1",     "fd00::1",    "::ffff:127.0.0.1",  "::ffff:192.168.0.1",
        "localhost",   "nas.local",   "nas",        "64:ff9b::10.0.0.1", "2002:c0a8:101::1"}) {
    EXPECT_TRUE(is_private_host(host)) << host;
  }
  for (const char* host : {"chat.example.org", "9.9.9.9", "172.32.0.1", "100.128.0.1",
                           "2001:db8::1", "::ffff:9.9.9.9", "local.example"}) {
    EXPECT_FALSE(is_private_host(host)) << host;
  }
}

// Somebody's message must not make us knock on doors of our own network.
TEST(PrivateHost, AStrangersRelayMayNotBeOnOurNetworkUnlessOursIs) {
  const proto::RelayAddress ours{"chat.example.org", 7443, {{1}}};
  const proto::RelayAddress at_home{"192.168.1.1", 7443, {{2}}};
  EXPECT_FALSE(may_connect(at_home, ours));
  EXPECT_TRUE(may_connect(ours, ours));
  EXPECT_TRUE(may_connect({"127.0.0.1", 1, {{3}}}, at_home));
  EXPECT_TRUE(may_connect(at_home, at_home));
}

}  // namespace
}  // namespace bisik::client
