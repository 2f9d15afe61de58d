#include "server/addresses.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/problem.hpp"

namespace bisik::server {
namespace {

using boost::asio::ip::make_address;
using boost::asio::ip::tcp;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(ParseListen, TakesBothFamilies) {
  EXPECT_EQ(parse_listen("127.0.0.1:7443").at(0), tcp::endpoint(make_address("127.0.0.1"), 7443));
  EXPECT_EQ(parse_listen("[::]:0").at(0), tcp::endpoint(make_address("::"), 0));
}

TEST(ParseListen, SaysHowAnAddressIsWritten) {
  for (const auto* wrong : {"", "7443", "127.0.0.1", "127.0.0.1:", "127.0.0.1:99999", "[::1:7443",
                            "127.0.0.1:12x", ":7443", "no such host:1", "[::]7443"}) {
    try {
      static_cast<void>(parse_listen(wrong));
      ADD_FAILURE() << wrong;
    } catch (const Problem& problem) {
      EXPECT_EQ(problem.code(), Exit::user);
      EXPECT_THAT(problem.what(), HasSubstr("write it like")) << wrong;
    }
  }
}

TEST(ParseAdvertised, TakesNamesAndAddresses) {
  EXPECT_EQ(parse_advertised("Chat.Example.org:443", 1), (HostPort{"chat.example.org", 443}));
  EXPECT_EQ(parse_advertised("chat.example.org", 7443), (HostPort{"chat.example.org", 7443}));
  EXPECT_EQ(parse_advertised("[2001:db8::1]:7443", 1), (HostPort{"2001:db8::1", 7443}));
}

TEST(ParseAdvertised, RefusesWhatNoLinkCanName) {
  for (const auto* wrong : {"", "chat.example.org:0", "a b:1", "chat:70000"}) {
    EXPECT_THROW(static_cast<void>(parse_advertised(wrong, 1)), Problem) << wrong;
  }
}

TEST(Reachable, AnAddressIsItself) {
  EXPECT_THAT(reachable({{make_address("127.0.0.1"), 4000}}, {"192.0.2.1"}),
              ElementsAre(HostPort{"127.0.0.1", 4000}));
}

TEST(Reachable, TheWildcardIsEveryAddressOfItsFamily) {
  const std::vector<std::string> machine{"192.0.2.1", "2001:db8::1"};
  EXPECT_THAT(reachable({{make_address("::"), 1}}, machine),
              ElementsAre(HostPort{"192.0.2.1", 1}, HostPort{"2001:db8::1", 1}));
  EXPECT_THAT(reachable({{make_address("0.0.0.0"), 1}}, machine),
              ElementsAre(HostPort{"192.0.2.1", 1}));
}

TEST(Reachable, NamesNothingTwice) {
  EXPECT_THAT(reachable({{make_address("::"), 1}, {make_address("0.0.0.0"), 1}}, {"192.0.2.1"}),
              ElementsAre(HostPort{"192.0.2.1", 1}));
}

TEST(MachineAddresses, AreNeverNone) { EXPECT_FALSE(machine_addresses().empty()); }

TEST(Format, IsReadBack) {
  for (const auto& address : {HostPort{"chat.example.org", 1}, HostPort{"2001:db8::1", 2}}) {
    EXPECT_EQ(parse_advertised(format(address), 9), address);
  }
}

}  // namespace
}  // namespace bisik::server
