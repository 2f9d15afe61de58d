#include "client/engine/private_address.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <string>

namespace bisik::client {
namespace {

bool is_private_text(const std::string& text) {
  crypto::ByteArray<4> four;
  if (inet_pton(AF_INET, text.c_str(), four.data()) == 1) return is_private(four);
  crypto::ByteArray<16> six;
  EXPECT_EQ(inet_pton(AF_INET6, text.c_str(), six.data()), 1) << text;
  return is_private(six);
}

// The first and the last of each block, and both of its neighbours.
TEST(PrivateAddress, EachBlockEndsWhereItEnds) {
  for (const auto* inside :
       {"0.0.0.0",          "0.255.255.255",   "10.0.0.0",    "10.255.255.255",
        "100.64.0.0",       "100.127.255.255", "127.0.0.0",   "127.255.255.255",
        "169.254.0.0",      "169.254.255.255", "172.16.0.0",  "172.31.255.255",
        "192.0.0.0",        "192.0.0.255",     "192.168.0.0", "192.168.255.255",
        "224.0.0.0",        "255.255.255.255", "::",          "::1",
        "fc00::",           "fdff:ffff::1",    "fe80::",      "febf::1",
        "fec0::1",          "feff::1",         "ff02::1",     "64:ff9b:1::",
        "64:ff9b:1:ffff::1"}) {
    EXPECT_TRUE(is_private_text(inside)) << inside;
  }
  for (const auto* outside : {"1.0.0.0",     "9.255.255.255",   "11.0.0.0",    "100.63.255.255",
                              "100.128.0.0", "126.255.255.255", "128.0.0.0",   "169.253.255.255",
                              "169.255.0.0", "172.15.255.255",  "172.32.0.0",  "191.255.255.255",
                              "192.0.1.0",   "192.167.255.255", "192.169.0.0", "223.255.255.255",
                              "fbff::1",     "fe00::1",         "fe7f::1",     "64:ff9b:2::1",
                              "2001:db8::1", "2600::1"}) {
    EXPECT_FALSE(is_private_text(outside)) << outside;
  }
}

TEST(PrivateAddress, AnIpv4AddressCountsInsideOneOfIpv6) {
  for (const auto* inside : {"::ffff:10.0.0.1", "::ffff:127.0.0.1", "::192.168.1.1",
                             "64:ff9b::169.254.169.254", "2002:c0a8:101::1", "2002:7f00:1::"}) {
    EXPECT_TRUE(is_private_text(inside)) << inside;
  }
  for (const auto* outside : {"::ffff:9.9.9.9", "::9.9.9.9", "64:ff9b::9.9.9.9",
                              "2002:909:909::10.0.0.1", "2003:a00:1::1"}) {
    EXPECT_FALSE(is_private_text(outside)) << outside;
  }
}

}  // namespace
}  // namespace bisik::client
