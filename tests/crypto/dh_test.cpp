// X25519 against RFC 7748, Wycheproof and every low-order point.

#include "crypto/dh.hpp"

#include <gtest/gtest.h>

#include "tests/crypto/vectors.hpp"

namespace bisik::crypto {
namespace {

DhSecretKey secret_key(ByteView bytes) {
  return DhSecretKey::fill([&](auto out) { std::ranges::copy(bytes, out.begin()); });
}

// Without the check of parse: for the arithmetic alone.
DhPublicKey unchecked(ByteView bytes) { return {sized<32>(bytes).value()}; }

std::string agreed(std::string_view scalar, std::string_view u) {
  return hex(agree(secret_key(unhex(scalar)), unchecked(unhex(u))).value().expose());
}

// RFC 7748, section 5.2. The second u has bit 255 set, which the arithmetic ignores.
TEST(X25519Rfc7748, MultipliesAsPublished) {
  EXPECT_EQ(agreed("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
                   "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c"),
            "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
  EXPECT_EQ(agreed("4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
                   "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493"),
            "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957");
}

TEST(X25519Rfc7748, IteratesAsPublished) {
  ByteArray<32> k{9};
  ByteArray<32> u{9};
  for (int i = 1; i <= 1'000; ++i) {
    const auto next = agree(secret_key(k), DhPublicKey{u}).value();
    u = std::exchange(k, sized<32>(next.expose()).value());
    if (i == 1) {
      EXPECT_EQ(hex(k), "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079");
    }
  }
  EXPECT_EQ(hex(k), "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51");
}

// RFC 7748, section 6.1.
TEST(X25519Rfc7748, AgreesOnThePublishedSecret) {
  const auto alice = DhKeyPair::from(
      secret_key(unhex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")));
  const auto bob = DhKeyPair::from(
      secret_key(unhex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")));
  EXPECT_EQ(hex(alice.public_key.bytes),
            "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
  EXPECT_EQ(hex(bob.public_key.bytes),
            "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
  const std::string shared = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742";
  EXPECT_EQ(hex(agree(alice.secret_key, bob.public_key).value().expose()), shared);
  EXPECT_EQ(hex(agree(bob.secret_key, alice.public_key).value().expose()), shared);
}

class MiscX25519 : public VectorFile {
 protected:
  MiscX25519() : VectorFile{"kat_misc.json"} {}
};

TEST_F(MiscX25519, MultipliesAsPublished) {
  for (const auto& test : cases()) {
    if (test.at("suite") != "rfc7748_5.2") continue;
    EXPECT_EQ(agreed(test.at("scalar").get<std::string>(), test.at("u").get<std::string>()),
              test.at("out"));
  }
}

class SignalX25519 : public VectorFile {
 protected:
  SignalX25519() : VectorFile{"signal.json"} {}
};

TEST_F(SignalX25519, AgreesAsPublished) {
  for (const auto& test : cases()) {
    if (test.at("suite") != "x25519") continue;
    EXPECT_EQ(agreed(test.at("private").get<std::string>(), test.at("public").get<std::string>()),
              test.at("shared"));
  }
}

bool has_flag(const Case& test, std::string_view flag) {
  return std::ranges::any_of(test.at("flags"), [&](const Case& f) { return f == flag; });
}

class WycheproofX25519 : public VectorFile {
 protected:
  WycheproofX25519() : VectorFile{"wycheproof_x25519.json"} {}
};

// Invariant I5: an all-zero shared secret is an error, never a key.
TEST_F(WycheproofX25519, EveryCaseAgreesOrIsALowOrderPoint) {
  for (const auto& test : cases()) {
    SCOPED_TRACE(name_of(test));
    const auto shared =
        agree(secret_key(bytes_of(test, "private")), unchecked(bytes_of(test, "public")));
    if (test.at("shared") == std::string(64, '0')) {
      EXPECT_EQ(shared.error(), Errc::non_contributory_key);
    } else {
      ASSERT_TRUE(shared);
      EXPECT_EQ(hex(shared->expose()), test.at("shared"));
    }
  }
}

// The highest byte first, so that strings compare as the numbers do; p, and bit 255, in the same
// way.
bool is_below_p(Bytes u) {
  std::ranges::reverse(u);
  return hex(u) < "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed";
}

TEST_F(WycheproofX25519, AKeyIsContributoryIfAndOnlyIfItAgrees) {
  int low_order = 0;
  for (const auto& test : cases()) {
    SCOPED_TRACE(name_of(test));
    const auto theirs = DhPublicKey::parse(bytes_of(test, "public"));
    if (!theirs) continue;
    EXPECT_EQ(is_contributory(*theirs), agree(DhSecretKey::random(), *theirs).has_value());
    low_order += is_contributory(*theirs) ? 0 : 1;
  }
  EXPECT_GT(low_order, 0);
}

TEST_F(WycheproofX25519, ExactlyTheNonCanonicalKeysAreRefusedWhenParsed) {
  for (const auto& test : cases()) {
    SCOPED_TRACE(name_of(test));
    const auto u = bytes_of(test, "public");
    const auto parsed = DhPublicKey::parse(u);
    EXPECT_FALSE(has_flag(test, "NonCanonicalPublic") && is_below_p(u));
    if (!is_below_p(u)) {
      EXPECT_EQ(parsed.error(), Errc::non_canonical_key);
    } else {
      EXPECT_TRUE(parsed);
    }
  }
}

// All canonical u of order 1, 2, 4 and 8, on the curve and on its twist.
constexpr std::string_view kLowOrderPoints[] = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
};

TEST(X25519, RefusesEveryLowOrderPoint) {
  for (const auto point : kLowOrderPoints) {
    const auto parsed = DhPublicKey::parse(unhex(point));
    ASSERT_TRUE(parsed) << point;
    EXPECT_EQ(agree(DhSecretKey::random(), *parsed).error(), Errc::non_contributory_key) << point;
    EXPECT_FALSE(is_contributory(*parsed)) << point;
  }
}

TEST(X25519, RefusesEveryEncodingAtAndAboveThePrime) {
  auto bytes = unhex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
  EXPECT_TRUE(DhPublicKey::parse(bytes));
  for (int low = 0xed; low <= 0xff; ++low) {
    bytes[0] = static_cast<std::uint8_t>(low);
    EXPECT_EQ(DhPublicKey::parse(bytes).error(), Errc::non_canonical_key) << low;
  }
  for (std::size_t i = 1; i < 31; ++i) {  // any byte below its maximum brings it under p again
    auto below = bytes;
    below[i] = 0xfe;
    EXPECT_TRUE(DhPublicKey::parse(below)) << i;
  }
}

TEST(X25519, AnHonestKeyIsContributory) {
  EXPECT_TRUE(is_contributory(DhKeyPair::generate().public_key));
}

TEST(X25519, RefusesBit255) {
  auto key = DhKeyPair::generate().public_key.bytes;
  key[31] |= 0x80U;
  EXPECT_EQ(DhPublicKey::parse(key).error(), Errc::non_canonical_key);
}

TEST(X25519, RefusesKeysOfAnotherLength) {
  EXPECT_EQ(DhPublicKey::parse({}).error(), Errc::malformed);
  EXPECT_EQ(DhPublicKey::parse(ByteArray<31>{}).error(), Errc::malformed);
  EXPECT_EQ(DhPublicKey::parse(ByteArray<33>{}).error(), Errc::malformed);
}

TEST(X25519, ADuplicatePairAgreesOnTheSameSecret) {
  const auto pair = DhKeyPair::generate();
  const auto copy = pair.duplicate();
  const auto peer = DhKeyPair::generate();
  EXPECT_EQ(copy.public_key, pair.public_key);
  EXPECT_TRUE(equal(agree(copy.secret_key, peer.public_key).value(),
                    agree(peer.secret_key, pair.public_key).value()));
}

}  // namespace
}  // namespace bisik::crypto
