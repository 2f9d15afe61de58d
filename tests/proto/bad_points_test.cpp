// Each public key that no honest peer sends, in each slot of XK and NK, from a peer who knows how
// to make the rest of the message genuine: the shared secret is what a DH without checks would
// give. A missing check would therefore complete the handshake. Invariant I5.

#include <gtest/gtest.h>
#include <sodium.h>

#include <algorithm>
#include <map>
#include <string>

#include "proto/handshake.hpp"

namespace bisik::proto {
namespace {

using Point = crypto::ByteArray<32>;

Point point(std::string_view hex) {
  Point out{};
  EXPECT_EQ(
      0, sodium_hex2bin(out.data(), out.size(), hex.data(), hex.size(), nullptr, nullptr, nullptr));
  return out;
}

Point with_high_bit(Point p) {
  p[31] |= 0x80U;
  return p;
}

// An honest key in an encoding that no honest peer uses; its DH gives the honest secret.
const crypto::DhKeyPair& hostile_pair() {
  static const auto pair = crypto::DhKeyPair::generate();
  return pair;
}

// The points of small order (https://cr.yp.to/ecdh.html#validate) and encodings that are not the
// one encoding of their point.
std::map<std::string, Point> bad_points() {
  const auto f = std::string(60, 'f');
  std::map<std::string, Point> points{
      {"zero", point(std::string(64, '0'))},
      {"one", point("01" + std::string(62, '0'))},
      {"order 8", point("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")},
      {"other order 8", point("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157")},
      {"p - 1", point("ec" + f + "7f")},
      {"p", point("ed" + f + "7f")},
      {"p + 1", point("ee" + f + "7f")},
      {"p + 9, the base point", point("f6" + f + "7f")},
      {"2^255 - 1", point("ff" + f + "7f")},
      {"2^256 - 1", point("ff" + f + "ff")},
  };
  points["zero, bit 255"] = with_high_bit(points["zero"]);
  points["order 8, bit 255"] = with_high_bit(points["order 8"]);
  points["honest, bit 255"] = with_high_bit(hostile_pair().public_key.bytes);
  return points;
}

// What a DH without checks gives; zeros for a point of low order.
crypto::SharedSecret unchecked_dh(const crypto::DhSecretKey& ours, const Point& theirs) {
  return crypto::SharedSecret::fill([&](auto out) {
    if (crypto_scalarmult(out.data(), ours.expose().data(), theirs.data()) != 0) {
      std::ranges::fill(out, std::uint8_t{0});
    }
  });
}

// What the victim, who holds `victim`, would compute with `bad`.
crypto::SharedSecret what_victim_computes(const crypto::DhKeyPair& victim, const Point& bad) {
  return unchecked_dh(victim.secret_key, bad);
}

constexpr std::string_view kXk = "Noise_XK_25519_ChaChaPoly_SHA256";
constexpr std::string_view kNk = "Noise_NK_25519_ChaChaPoly_SHA256";

void append(Bytes& message, ByteView part) {
  message.insert(message.end(), part.begin(), part.end());
}

class BadPoints : public testing::Test {
 protected:
  // Both sides begin so.
  SymmetricState begin(std::string_view protocol) const {
    SymmetricState state{protocol, crypto::as_bytes("bisik")};
    state.mix_hash(relay_.public_key.bytes);
    return state;
  }

  // Message 1 with `e` in it.
  Bytes first(std::string_view protocol, const Point& e) const {
    auto state = begin(protocol);
    Bytes message;
    append(message, e);
    state.mix_hash(e);
    state.mix_key(what_victim_computes(relay_, e));
    state.seal({}, message);
    return message;
  }

  // Message 2 with `e` in it, by who has read message 1 of a client with the ephemeral `client`.
  Bytes second(std::string_view protocol, const crypto::DhKeyPair& client, ByteView message1,
               const Point& e) const {
    auto state = begin(protocol);
    state.mix_hash(client.public_key.bytes);
    state.mix_key(unchecked_dh(relay_.secret_key, client.public_key.bytes));
    EXPECT_TRUE(state.open(message1.subspan(32)));
    Bytes message;
    append(message, e);
    state.mix_hash(e);
    state.mix_key(what_victim_computes(client, e));
    state.seal({}, message);
    return message;
  }

  static HandshakeSetup setup(const crypto::DhKeyPair& ephemeral) {
    return HandshakeSetup::fixed_for_tests(crypto::as_bytes("bisik"), ephemeral.duplicate());
  }

  const crypto::DhKeyPair relay_ = crypto::DhKeyPair::generate();
  const crypto::DhKeyPair client_e_ = crypto::DhKeyPair::generate();
  const crypto::DhKeyPair relay_e_ = crypto::DhKeyPair::generate();
};

TEST_F(BadPoints, TheHostilePeerOfTheseTestsIsOtherwiseGenuine) {
  const auto honest = hostile_pair().public_key.bytes;
  EXPECT_TRUE(receive_nk(relay_, first(kNk, honest)));
  EXPECT_TRUE(receive_xk(relay_, first(kXk, honest)));
  auto nk = start_nk(relay_.public_key, {}, setup(client_e_));
  EXPECT_TRUE(std::move(nk->state).finish(second(kNk, client_e_, nk->message, honest)));
}

TEST_F(BadPoints, AsEphemeralKeyOfTheClientAreRefused) {
  for (const auto& [name, bad] : bad_points()) {
    const auto nk = receive_nk(relay_, first(kNk, bad));
    ASSERT_FALSE(nk) << name;
    EXPECT_EQ(nk.error(), Errc::handshake_failed) << name;
    const auto xk = receive_xk(relay_, first(kXk, bad));
    ASSERT_FALSE(xk) << name;
    EXPECT_EQ(xk.error(), Errc::handshake_failed) << name;
  }
}

TEST_F(BadPoints, AsEphemeralKeyOfTheRelayAreRefused) {
  const auto s = crypto::DhKeyPair::generate();
  for (const auto& [name, bad] : bad_points()) {
    auto nk = start_nk(relay_.public_key, {}, setup(client_e_));
    const auto nk_end = std::move(nk->state).finish(second(kNk, client_e_, nk->message, bad));
    ASSERT_FALSE(nk_end) << name;
    EXPECT_EQ(nk_end.error(), Errc::handshake_failed) << name;
    auto xk = start_xk(relay_.public_key, s, {}, setup(client_e_));
    const auto xk_end = std::move(xk->state).finish(second(kXk, client_e_, xk->message, bad));
    ASSERT_FALSE(xk_end) << name;
    EXPECT_EQ(xk_end.error(), Errc::handshake_failed) << name;
  }
}

// Message 3 with `s` in it, after two genuine messages between client_e_ and relay_e_.
TEST_F(BadPoints, AsStaticKeyOfTheClientAreRefused) {
  const auto third = [&](ByteView message1, ByteView message2, const Point& s) {
    auto state = begin(kXk);
    state.mix_hash(client_e_.public_key.bytes);
    state.mix_key(unchecked_dh(client_e_.secret_key, relay_.public_key.bytes));
    EXPECT_TRUE(state.open(message1.subspan(32)));
    state.mix_hash(relay_e_.public_key.bytes);
    state.mix_key(unchecked_dh(client_e_.secret_key, relay_e_.public_key.bytes));
    EXPECT_TRUE(state.open(message2.subspan(32)));
    Bytes message;
    state.seal(s, message);
    state.mix_key(what_victim_computes(relay_e_, s));
    state.seal({}, message);
    return message;
  };
  const auto respond_to = [&](const Point& s) {
    const auto message1 = first(kXk, client_e_.public_key.bytes);
    auto received = receive_xk(relay_, message1, setup(relay_e_));
    auto answered = std::move(received->state).answer({});
    return std::move(answered->state).finish(third(message1, answered->message, s));
  };

  EXPECT_TRUE(respond_to(hostile_pair().public_key.bytes));
  for (const auto& [name, bad] : bad_points()) {
    const auto end = respond_to(bad);
    ASSERT_FALSE(end) << name;
    EXPECT_EQ(end.error(), Errc::handshake_failed) << name;
  }
}

TEST_F(BadPoints, AsKeyOfTheRelayAreRefusedBeforeAnythingIsSent) {
  const auto s = crypto::DhKeyPair::generate();
  for (const auto& [name, bad] : bad_points()) {
    const auto key = crypto::DhPublicKey::parse(bad);
    if (!key) continue;  // cannot be in an address
    EXPECT_FALSE(start_nk(*key, {})) << name;
    EXPECT_FALSE(start_xk(*key, s, {})) << name;
  }
}

}  // namespace
}  // namespace bisik::proto
