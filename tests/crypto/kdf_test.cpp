// HKDF-SHA256 and HMAC-SHA256 against their RFCs, Wycheproof and the Signal protocol's steps.

#include "crypto/kdf.hpp"

#include <gtest/gtest.h>

#include "crypto/dh.hpp"
#include "tests/crypto/vectors.hpp"

namespace bisik::crypto {
namespace {

std::string hkdf(ByteView input_key, ByteView salt, ByteView info, std::size_t size) {
  Bytes out(size);
  hkdf_sha256(input_key, salt, info, out);
  return hex(out);
}

ByteArray<32> hmac(ByteView key, ByteView data) {
  ByteArray<32> out;
  hmac_sha256(key, data, out);
  return out;
}

// RFC 5869, appendix A.1 to A.3.
TEST(HkdfRfc5869, DerivesThePublishedOutput) {
  EXPECT_EQ(
      hkdf(Bytes(22, 0x0b), unhex("000102030405060708090a0b0c"), unhex("f0f1f2f3f4f5f6f7f8f9"), 42),
      "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
      "34007208d5b887185865");
  EXPECT_EQ(hkdf(Bytes(22, 0x0b), {}, {}, 42),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
            "9d201395faa4b61a96c8");
}

TEST(HkdfRfc5869, DerivesThePublishedLongOutput) {
  const auto rising = [](int first, int last) {
    Bytes bytes;
    for (int i = first; i <= last; ++i) bytes.push_back(static_cast<std::uint8_t>(i));
    return bytes;
  };
  EXPECT_EQ(hkdf(rising(0x00, 0x4f), rising(0x60, 0xaf), rising(0xb0, 0xff), 82),
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
            "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
            "cc30c58179ec3e87c14c01d5c1f3434f1d87");
}

TEST(HkdfDeathTest, RefusesMoreThan255Blocks) {
  Bytes out(255 * 32 + 1);
  EXPECT_DEATH(hkdf_sha256({}, {}, {}, out), "255");
}

TEST(Hkdf, FillsTheLongestOutput) {
  const auto longest = hkdf(Bytes(22, 0x0b), {}, {}, 255 * 32);
  EXPECT_TRUE(longest.starts_with(hkdf(Bytes(22, 0x0b), {}, {}, 42)));
  EXPECT_NE(longest.substr(longest.size() - 64), std::string(64, '0'));
}

class WycheproofHkdf : public VectorFile {
 protected:
  WycheproofHkdf() : VectorFile{"wycheproof_hkdf_sha256.json"} {}
};

TEST_F(WycheproofHkdf, EveryValidCaseIsDerivedAndEveryInvalidOneIsTooLong) {
  for (const auto& test : cases()) {
    SCOPED_TRACE(name_of(test));
    const auto size = test.at("size").get<std::size_t>();
    if (test.at("result") == "valid") {
      EXPECT_EQ(hkdf(bytes_of(test, "ikm"), bytes_of(test, "salt"), bytes_of(test, "info"), size),
                test.at("okm"));
    } else {
      EXPECT_GT(size, 255U * 32U);  // which HkdfDeathTest shows to be refused
    }
  }
}

struct HmacVector {
  std::string_view key, data, tag;
};

// RFC 4231, cases 1 to 7; the fifth has its tag cut to 128 bits.
const HmacVector kRfc4231[] = {
    {"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
     "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
    {"4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     "dddddddddddddddddddddddddddddddddddddddddddddddddd"
     "dddddddddddddddddddddddddddddddddddddddddddddddddd",
     "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
    {"0102030405060708090a0b0c0d0e0f10111213141516171819",
     "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
     "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
     "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
    {"0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c", "546573742057697468205472756e636174696f6e",
     "a3b6167473100ee06e0c796c2955552b"},
};

TEST(HmacRfc4231, TagsThePublishedCases) {
  for (const auto& vector : kRfc4231) {
    EXPECT_TRUE(hex(hmac(unhex(vector.key), unhex(vector.data))).starts_with(vector.tag));
  }
}

TEST(HmacRfc4231, HashesKeysThatAreLongerThanABlock) {
  const Bytes key(131, 0xaa);
  EXPECT_EQ(hex(hmac(key, as_bytes("Test Using Larger Than Block-Size Key - Hash Key First"))),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  EXPECT_EQ(hex(hmac(key, as_bytes("This is a test using a larger than block-size key and a larger "
                                   "than block-size data. The key needs to be hashed before being "
                                   "used by the HMAC algorithm."))),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

class WycheproofHmac : public VectorFile {
 protected:
  WycheproofHmac() : VectorFile{"wycheproof_hmac_sha256.json"} {}
};

TEST_F(WycheproofHmac, TagsAreEqualExactlyWhereTheCaseIsValid) {
  for (const auto& test : cases()) {
    SCOPED_TRACE(name_of(test));
    const auto tag = hmac(bytes_of(test, "key"), bytes_of(test, "msg"));
    const auto size = test.at("tagSize").get<std::size_t>() / 8;
    EXPECT_EQ(hex(ByteView{tag}.first(size)) == test.at("tag"), test.at("result") == "valid");
  }
}

using First = Secret<struct FirstTag, 32>;
using Second = Secret<struct SecondTag, 10>;

TEST(DeriveKeys, CutsOneOutputInOrder) {
  SecretBuffer input_key;
  input_key.append(Bytes(22, 0x0b));
  const auto salt = unhex("000102030405060708090a0b0c");
  const auto info = unhex("f0f1f2f3f4f5f6f7f8f9");

  const auto [first, second] = derive_keys<First, Second>(salt, input_key, info);

  EXPECT_EQ(hex(first.expose()),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
  EXPECT_EQ(hex(second.expose()), "34007208d5b887185865");
}

DhSecretKey secret_key(ByteView bytes) {
  return DhSecretKey::fill([&](auto out) { std::ranges::copy(bytes, out.begin()); });
}

class SignalKeyDerivation : public VectorFile {
 protected:
  SignalKeyDerivation() : VectorFile{"signal.json"} {}

  [[nodiscard]] const Case* find(std::string_view suite) const {
    const auto found =
        std::ranges::find_if(cases(), [&](const Case& test) { return test.at("suite") == suite; });
    return found == cases().end() ? nullptr : &*found;
  }
};

TEST_F(SignalKeyDerivation, ChainKeyStepsAsPublished) {
  const auto* test = find("chain_key");
  if (test == nullptr) GTEST_SKIP() << "no such case in this part";
  const auto chain_key = bytes_of(*test, "chain_key");
  const auto seed = hmac(chain_key, ByteArray<1>{1});
  EXPECT_EQ(hex(seed), test->at("message_key_seed"));
  EXPECT_EQ(hex(hmac(chain_key, ByteArray<1>{2})), test->at("next_chain_key"));
  EXPECT_EQ(hkdf(seed, Bytes(32, 0), as_bytes("WhisperMessageKeys"), 80),
            test->at("cipher_key").get<std::string>() + test->at("mac_key").get<std::string>() +
                test->at("iv").get<std::string>());
}

TEST_F(SignalKeyDerivation, RootKeyStepsAsPublished) {
  const auto* test = find("root_key");
  if (test == nullptr) GTEST_SKIP() << "no such case in this part";
  const auto dh = agree(secret_key(bytes_of(*test, "our_private")),
                        DhPublicKey::parse(bytes_of(*test, "their_public")).value());
  EXPECT_EQ(hex(dh.value().expose()), test->at("dh"));
  EXPECT_EQ(
      hkdf(dh->expose(), bytes_of(*test, "root_key"), as_bytes("WhisperRatchet"), 64),
      test->at("next_root_key").get<std::string>() + test->at("next_chain_key").get<std::string>());
}

TEST_F(SignalKeyDerivation, X3dhSessionStartsAsPublished) {
  const auto* test = find("x3dh_session");
  if (test == nullptr) GTEST_SKIP() << "no such case in this part";
  const auto identity = secret_key(bytes_of(*test, "bob_identity_private"));
  const auto prekey = secret_key(bytes_of(*test, "bob_signed_prekey_private"));
  const auto alice = DhPublicKey::parse(bytes_of(*test, "alice_identity_public")).value();
  const auto base = DhPublicKey::parse(bytes_of(*test, "alice_base_public")).value();

  SecretBuffer input_key;
  input_key.append(Bytes(32, 0xff)).append(agree(prekey, alice).value());
  input_key.append(agree(identity, base).value()).append(agree(prekey, base).value());

  EXPECT_EQ(hex(input_key.expose()), test->at("ikm"));
  EXPECT_EQ(hkdf(input_key.expose(), Bytes(32, 0), as_bytes("WhisperText"), 64),
            test->at("root_key").get<std::string>() + test->at("chain_key").get<std::string>());
}

}  // namespace
}  // namespace bisik::crypto
