#include "proto/host.hpp"

#include <gtest/gtest.h>

#include "proto/limits.hpp"

namespace bisik::proto {
namespace {

TEST(Host, NamesAreKeptInLowerCase) {
  EXPECT_EQ(normal_host("Chat.Example.ORG").value(), "chat.example.org");
  EXPECT_EQ(normal_host("localhost").value(), "localhost");
  EXPECT_EQ(normal_host("my_relay-2.lan").value(), "my_relay-2.lan");
}

TEST(Host, OnionNamesAreNames) {
  const auto onion = std::string(56, 'a') + ".onion";
  EXPECT_EQ(normal_host(onion).value(), onion);
}

TEST(Host, AddressesHaveOneForm) {
  EXPECT_EQ(normal_host("192.0.2.7").value(), "192.0.2.7");
  EXPECT_EQ(normal_host("2001:DB8:0:0:0:0:0:1").value(), "2001:db8::1");
  EXPECT_EQ(normal_host("::1").value(), "::1");
}

TEST(Host, WhatIsNoHostIsRefused) {
  for (const std::string host : {"", ".", "a..b", "example.org.", "-a", "a-", "a b", "a/b", "a@b",
                                 "h\u00e9", "a%b", "[::1]", "::g", "1:2:3", "fe80::1%eth0"}) {
    EXPECT_EQ(normal_host(host).error(), Errc::bad_host) << host;
  }
  EXPECT_EQ(normal_host(std::string("a\0b", 3)).error(), Errc::bad_host);
  EXPECT_EQ(normal_host(std::string("::1\0", 4)).error(), Errc::bad_host);
}

TEST(Host, WhatOnlyLooksLikeAnAddressIsRefused) {
  for (const std::string host :
       {"1", "127.1", "1.2.3.256", "1.2.3.4.5", "0x7f.1.2.3.4", "01.2.3.4"}) {
    EXPECT_EQ(normal_host(host).error(), Errc::bad_host) << host;
  }
}

TEST(Host, LengthsAreBounded) {
  EXPECT_TRUE(normal_host(std::string(63, 'a')));
  EXPECT_EQ(normal_host(std::string(64, 'a')).error(), Errc::bad_host);
  const auto longest = std::string(60, 'a') + "." + std::string(39, 'b');
  ASSERT_EQ(longest.size(), kMaxHostBytes);
  EXPECT_TRUE(normal_host(longest));
  EXPECT_EQ(normal_host(longest + "b").error(), Errc::host_too_long);
}

}  // namespace
}  // namespace bisik::proto
