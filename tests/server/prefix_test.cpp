#include "server/prefix.hpp"

#include <gtest/gtest.h>

namespace bisik::server {
namespace {

std::optional<Prefix> prefix(const std::string& text, const std::vector<std::string>& shared = {}) {
  return prefix_of(boost::asio::ip::make_address(text), to_addresses(shared));
}

TEST(PrefixTest, IsAWholeAddressOfIpv4AndHalfOfIpv6) {
  EXPECT_EQ(prefix("192.0.2.1"), prefix("192.0.2.1"));
  EXPECT_NE(prefix("192.0.2.1"), prefix("192.0.2.2"));
  EXPECT_EQ(prefix("2001:db8:1:2::1"), prefix("2001:db8:1:2:ffff::"));
  EXPECT_NE(prefix("2001:db8:1:2::1"), prefix("2001:db8:1:3::1"));
  EXPECT_NE(prefix("0.0.0.0"), prefix("::1"));
}

TEST(PrefixTest, Ipv4InsideIpv6IsIpv4) {
  EXPECT_EQ(prefix("::ffff:192.0.2.1"), prefix("192.0.2.1"));
  EXPECT_NE(prefix("::ffff:192.0.2.1"), prefix("::ffff:192.0.2.2"));
  EXPECT_EQ(prefix("::ffff:127.0.0.1", {"127.0.0.1"}), std::nullopt);
}

TEST(PrefixTest, SharedAddressesHaveNone) {
  EXPECT_EQ(prefix("127.0.0.1", {"127.0.0.1", "::1"}), std::nullopt);
  EXPECT_EQ(prefix("::1", {"127.0.0.1", "::1"}), std::nullopt);
  EXPECT_NE(prefix("127.0.0.2", {"127.0.0.1", "::1"}), std::nullopt);
  EXPECT_EQ(prefix("192.0.2.1", {"::ffff:192.0.2.1"}), std::nullopt);
}

TEST(PrefixTest, KeysOfATallyDifferWherePrefixesDo) {
  EXPECT_EQ(prefix("192.0.2.1")->id(), prefix("192.0.2.1")->id());
  EXPECT_NE(prefix("192.0.2.1")->id(), prefix("192.0.2.2")->id());
}

TEST(PrefixTest, KnowsWhatIsNoAddress) {
  for (const auto* text : {"127.0.0.1", "::1", "2001:db8::"}) EXPECT_TRUE(is_address(text));
  for (const auto* text : {"", "localhost", "127.0.0.1:1", "[::1]", "10.0.0.0/8"}) {
    EXPECT_FALSE(is_address(text)) << text;
  }
}

}  // namespace
}  // namespace bisik::server
