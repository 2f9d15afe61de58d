#include "proto/link.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "crypto/base64url.hpp"
#include "proto/frame.hpp"

namespace bisik::proto {
namespace {

// The key of RFC 7748, 6.1: Alice's.
const std::string kKey = "hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SOqptOTho";
const std::string kRelay = "bisik://chat.example.org:7443/" + kKey;

Errc reason(const std::string& text) {
  const auto link = parse_link(text);
  EXPECT_FALSE(link) << text;
  return link ? Errc{} : static_cast<Errc>(link.error().value());
}

LinkContact contact() {
  return {crypto::SigningKeyPair::generate().verify_key(), crypto::Capability::random(), "Alice",
          LinkToken{1, 2, 3}};
}

crypto::ByteArray<crypto::VerifyKey::kSize> filled_key(std::uint8_t byte) {
  crypto::ByteArray<crypto::VerifyKey::kSize> bytes;
  bytes.fill(byte);
  return bytes;
}

TEST(Link, NamesARelay) {
  const auto link = parse_link(kRelay);
  ASSERT_TRUE(link);
  EXPECT_EQ(link->relay.host, "chat.example.org");
  EXPECT_EQ(link->relay.port, 7443);
  EXPECT_EQ(crypto::to_base64url(link->relay.key.bytes), kKey);
  EXPECT_FALSE(link->invite || link->contact);
  EXPECT_EQ(format_link(*link), kRelay);
  EXPECT_EQ(parse_address(kRelay).value(), link->relay);
}

TEST(Link, MayLeaveThePortOut) {
  EXPECT_EQ(parse_link("bisik://chat.example.org/" + kKey)->relay.port, 7443);
  EXPECT_EQ(parse_link("bisik://[::1]/" + kKey)->relay.port, 7443);
}

TEST(Link, PutsIpv6IntoBrackets) {
  const auto link = parse_link("bisik://[2001:DB8::1]:443/" + kKey);
  ASSERT_TRUE(link);
  EXPECT_EQ(link->relay.host, "2001:db8::1");
  EXPECT_EQ(format_link(*link), "bisik://[2001:db8::1]:443/" + kKey);
}

TEST(Link, IsTheSameInAnotherCaseOfSchemeAndHostAndWithANewlineAfterIt) {
  const auto link = parse_link(kRelay).value();
  EXPECT_EQ(parse_link("BISIK://Chat.Example.org:7443/" + kKey).value(), link);
  EXPECT_EQ(parse_link(kRelay + " \t\r\n").value(), link);
}

TEST(Link, CarriesAnInviteAndAContact) {
  Link link{parse_address(kRelay).value(), crypto::Capability::random(), contact()};
  EXPECT_EQ(parse_link(format_link(link)).value(), link);
  link.invite.reset();
  EXPECT_EQ(parse_link(format_link(link)).value(), link);
  link.contact.reset();
  EXPECT_EQ(format_link(link), kRelay);
  EXPECT_LE(format_link({link.relay, crypto::Capability::random(), contact()}).size(),
            kMaxLinkBytes / 2);
}

TEST(Link, CarriesHalfOfASuccessorStatementBesideItsContact) {
  Link link{parse_address(kRelay).value(), std::nullopt, contact()};
  const crypto::UnixTime created{std::chrono::seconds{1'800'000'000}};
  link.successor = LinkSuccessor{{filled_key(3)}, created, {}};
  EXPECT_EQ(parse_link(format_link(link)).value(), link);
  EXPECT_LE(format_link(link).size(), kMaxLinkBytes / 2);
  auto invites = link;
  invites.invite = crypto::Capability::random();
  EXPECT_EQ(reason(format_link(invites)), Errc::mangled_payload);
  auto of_nobody = link;
  of_nobody.contact.reset();
  of_nobody.mover = link.contact->account_key;
  EXPECT_EQ(reason(format_link(of_nobody)), Errc::mangled_payload);
}

TEST(Link, NamesAnAccountThatMovesAndNothingElse) {
  Link link{parse_address(kRelay).value(), std::nullopt, std::nullopt};
  link.mover = crypto::VerifyKey{filled_key(3)};
  EXPECT_EQ(parse_link(format_link(link)).value(), link);
  link.contact = contact();
  EXPECT_EQ(reason(format_link(link)), Errc::mangled_payload);
}

TEST(Link, AnAddressIsFoundInALinkWithAPayload) {
  const Link link{parse_address(kRelay).value(), crypto::Capability::random(), std::nullopt};
  EXPECT_EQ(parse_address(format_link(link)).value(), link.relay);
}

TEST(Link, OtherTextIsNotALink) {
  for (const std::string text : {"", " ", "hello", "bisik", "bisik:", "bisik:/", "bisik://",
                                 "bisik://host", "http://a/b", "bisik ://a/b"}) {
    EXPECT_EQ(reason(text), Errc::not_a_link) << text;
  }
  EXPECT_EQ(reason(" " + kRelay), Errc::not_a_link);
  EXPECT_EQ(reason(kRelay + "#" + std::string(kMaxLinkBytes, 'A')), Errc::not_a_link);
}

TEST(Link, SaysWhatIsWrongWithTheHost) {
  EXPECT_EQ(reason("bisik:///" + kKey), Errc::bad_host);
  EXPECT_EQ(reason("bisik://:7443/" + kKey), Errc::bad_host);
  EXPECT_EQ(reason("bisik://a b:7443/" + kKey), Errc::bad_host);
  EXPECT_EQ(reason("bisik://[::1/" + kKey), Errc::bad_host);
  EXPECT_EQ(reason("bisik://::1:7443/" + kKey), Errc::bad_host) << "IPv6 needs brackets";
  EXPECT_EQ(reason("bisik://[example.org]:1/" + kKey), Errc::bad_host);
  EXPECT_EQ(reason("bisik://" + std::string(101, 'a') + ":1/" + kKey), Errc::host_too_long);
}

TEST(Link, SaysWhatIsWrongWithThePort) {
  for (const std::string port : {"", "0", "65536", "99999999999", "-1", "+1", " 1", "1x", "0x10"}) {
    EXPECT_EQ(reason("bisik://example.org:" + port + "/" + kKey), Errc::bad_port) << port;
    EXPECT_EQ(reason("bisik://[::1]:" + port + "/" + kKey), Errc::bad_port) << port;
  }
  EXPECT_EQ(reason("bisik://[::1]7443/" + kKey), Errc::bad_port);
}

TEST(Link, SaysWhenTheRelayKeyIsWrong) {
  const std::string start = "bisik://example.org:7443/";
  for (const auto& key : {std::string{}, kKey.substr(1), kKey + "A", kKey + "=", kKey + "/",
                          kKey.substr(0, 42) + "p", "+" + kKey.substr(1)}) {
    EXPECT_EQ(reason(start + key), Errc::bad_relay_key) << key;
  }
  const Bytes non_canonical(32, 0xff);
  EXPECT_EQ(reason(start + crypto::to_base64url(non_canonical)), Errc::bad_relay_key);
}

TEST(Link, SaysWhenThePayloadIsMangled) {
  const auto whole =
      format_link({parse_address(kRelay).value(), crypto::Capability::random(), contact()});
  const auto start = kRelay.size() + 1;
  for (auto n = start; n < whole.size(); ++n) {
    EXPECT_EQ(reason(whole.substr(0, n)), Errc::mangled_payload) << n;
  }
  for (const std::string payload : {"AA", "!", "AAAA", "CiA"}) {
    EXPECT_EQ(reason(kRelay + "#" + payload), Errc::mangled_payload) << payload;
  }
}

TEST(Link, RefusesAContactWithAFieldOutOfRange) {
  const auto with = [](auto change) {
    pb::LinkPayload payload;
    auto& c = *payload.mutable_contact();
    for (auto* id : {c.mutable_account_key(), c.mutable_write_secret()}) {
      id->assign(32, 'x');
    }
    c.set_token(std::string(16, 't'));
    change(c);
    return kRelay + "#" + crypto::to_base64url(encode(payload));
  };
  EXPECT_TRUE(parse_link(with([](auto&) {})));
  EXPECT_EQ(reason(with([](auto& c) { c.set_write_secret("short"); })), Errc::mangled_payload);
  EXPECT_EQ(reason(with([](auto& c) { c.clear_token(); })), Errc::mangled_payload);
  EXPECT_EQ(reason(with([](auto& c) { c.set_name(std::string(65, 'n')); })), Errc::mangled_payload);
}

std::string host_from(unsigned choice) {
  switch (choice % 4) {
    case 0:
      return "relay-" + std::to_string(choice) + ".example.org";
    case 1:
      return "10." + std::to_string(choice % 256) + ".0.1";
    case 2:
      return "2001:db8::" + std::to_string(choice % 9'000 + 1);
    default:
      return std::string(56, static_cast<char>('a' + choice % 26)) + ".onion";
  }
}

TEST(LinkProperty, WhatIsFormattedIsParsedBack) {
  const auto property = [](unsigned choice, std::uint16_t port, bool has_invite, bool has_contact) {
    Link link{{host_from(choice), std::max<std::uint16_t>(port, 1),
               crypto::DhKeyPair::generate().public_key},
              std::nullopt,
              std::nullopt};
    if (has_invite) link.invite = crypto::Capability::random();
    if (has_contact) link.contact = contact();
    RC_ASSERT(parse_link(format_link(link)).value() == link);
  };
  EXPECT_TRUE(rc::check(property));
}

TEST(LinkProperty, WhatIsAcceptedAfterAChangeIsStillALinkOfOneForm) {
  const auto whole =
      format_link({parse_address(kRelay).value(), crypto::Capability::random(), contact()});
  const auto property = [&](std::size_t place, char character) {
    auto altered = whole;
    altered[place % altered.size()] = character;
    const auto link = parse_link(altered);
    if (link) RC_ASSERT(parse_link(format_link(*link)).value() == *link);
  };
  EXPECT_TRUE(rc::check(property));
}

TEST(LinkProperty, AnyBytesAreALinkOrAReason) {
  const auto property = [](const std::string& text) {
    for (const auto& start : {std::string{}, std::string{"bisik://"}, kRelay + "#"}) {
      const auto link = parse_link(start + text);
      if (!link) RC_ASSERT(link.error().category() == error_category());
    }
  };
  EXPECT_TRUE(rc::check(property));
}

}  // namespace
}  // namespace bisik::proto
