// ML-KEM-768 against every published result at hand.

#include "crypto/mlkem.hpp"

#include <gtest/gtest.h>

#include "crypto/keccak.hpp"
#include "tests/crypto/vectors.hpp"

namespace bisik::crypto::mlkem {
namespace {

using expanded::DecapsulationKey;

Seed64 seed64(const Bytes& d_z) { return Seed64{d_z.data(), 64}; }

ByteArray<32> decapsulated(const DecapsulationKey& dk, const Ciphertext& c) {
  ByteArray<32> K;
  expanded::decapsulate(dk, c, K);
  return K;
}

void keygen_gives(const Bytes& seed, const Case& test) {
  ASSERT_EQ(seed.size(), 64U);
  EXPECT_EQ(hex(keygen(seed64(seed))), test.at("ek"));
  EXPECT_EQ(hex(expanded::keygen(seed64(seed))), test.at("dk"));
}

// None if the key is refused.
std::optional<std::pair<std::string, std::string>> encapsulated(ByteView ek, ByteView m) {
  const auto key = sized<sizeof(EncapsulationKey)>(ek);
  const auto message = sized<32>(m);
  if (!key || !message || !check(*key)) return std::nullopt;
  Ciphertext c;
  ByteArray<32> K;
  encapsulate(*key, *message, c, K);
  return std::pair{hex(c), hex(K)};
}

// None if the key or the ciphertext is refused.
std::optional<std::string> decapsulated(ByteView dk, ByteView c) {
  const auto key = sized<sizeof(DecapsulationKey)>(dk);
  const auto ciphertext = sized<sizeof(Ciphertext)>(c);
  if (!key || !ciphertext || !expanded::check(*key)) return std::nullopt;
  return hex(decapsulated(*key, *ciphertext));
}

std::optional<std::string> decapsulated_from_seed(ByteView seed, ByteView c) {
  const auto d_z = sized<64>(seed);
  const auto ciphertext = sized<sizeof(Ciphertext)>(c);
  if (!d_z || !ciphertext) return std::nullopt;
  ByteArray<32> K;
  decapsulate(*d_z, *ciphertext, K);
  return hex(K);
}

void expect_encapsulates(const Case& test, const char* K) {
  const auto result = encapsulated(bytes_of(test, "ek"), bytes_of(test, "m"));
  ASSERT_TRUE(result);
  EXPECT_EQ(result->first, test.at("c"));
  EXPECT_EQ(result->second, test.at(K));
}

// -- Wycheproof --

class Wycheproof : public VectorFile {
 protected:
  Wycheproof() : VectorFile{"wycheproof_mlkem768.json"} {}

  static void decapsulates(const std::optional<std::string>& K, const Case& test) {
    ASSERT_EQ(K.has_value(), test.at("result") == "valid");
    if (!K) return;
    EXPECT_EQ(*K, test.at("K"));
  }

  static void encapsulates(const Case& test) {
    if (test.at("result") == "valid") return expect_encapsulates(test, "K");
    EXPECT_FALSE(encapsulated(bytes_of(test, "ek"), bytes_of(test, "m")));
  }

  static void run(const Case& test) {
    SCOPED_TRACE(name_of(test));
    const auto& suite = test.at("suite");
    if (suite == "keygen") return keygen_gives(bytes_of(test, "seed"), test);
    if (suite == "encaps") return encapsulates(test);
    if (suite == "decaps_from_seed") {
      return decapsulates(decapsulated_from_seed(bytes_of(test, "seed"), bytes_of(test, "c")),
                          test);
    }
    if (suite == "decaps_expanded") {
      return decapsulates(decapsulated(bytes_of(test, "dk"), bytes_of(test, "c")), test);
    }
    ADD_FAILURE() << "nothing here runs this suite";
  }
};

TEST_F(Wycheproof, EveryCaseGivesThePublishedResult) {
  for (const auto& test : cases()) run(test);
}

// -- NIST ACVP --

class Acvp : public VectorFile {
 protected:
  Acvp() : VectorFile{"acvp_mlkem768.json"} {}

  static void run(const Case& test) {
    SCOPED_TRACE(name_of(test));
    const auto& suite = test.at("suite");
    if (suite == "keyGen") {
      auto seed = bytes_of(test, "d");
      std::ranges::copy(bytes_of(test, "z"), std::back_inserter(seed));
      return keygen_gives(seed, test);
    }
    if (suite == "encapsulation") return expect_encapsulates(test, "k");
    if (suite == "decapsulation") {
      EXPECT_EQ(decapsulated(bytes_of(test, "dk"), bytes_of(test, "c")), test.at("k"));
    } else if (suite == "encapsulationKeyCheck") {
      const auto ek = sized<sizeof(EncapsulationKey)>(bytes_of(test, "ek"));
      EXPECT_EQ(ek && check(*ek), test.at("testPassed").get<bool>());
    } else if (suite == "decapsulationKeyCheck") {
      const auto dk = sized<sizeof(DecapsulationKey)>(bytes_of(test, "dk"));
      EXPECT_EQ(dk && expanded::check(*dk), test.at("testPassed").get<bool>());
    } else {
      ADD_FAILURE() << "nothing here runs this suite";
    }
  }
};

TEST_F(Acvp, EveryCaseGivesThePublishedResult) {
  for (const auto& test : cases()) run(test);
}

// -- C2SP CCTV --

struct Accumulated {
  std::string h;
  std::string h_no_dk;
};

// Hashes over `runs` pseudo-random key generations, encapsulations, decapsulations and rejections,
// with and without the decapsulation keys.
Accumulated accumulated(int runs) {
  Shake128 random;
  Shake128 hash;
  Shake128 hash_no_dk;
  for (int run = 0; run < runs; ++run) {
    ByteArray<64> seed;
    ByteArray<32> m;
    Ciphertext garbage;
    random.squeeze(seed);
    random.squeeze(m);
    random.squeeze(garbage);
    const auto ek = keygen(seed);
    const auto dk = expanded::keygen(seed);
    Ciphertext c;
    ByteArray<32> K;
    encapsulate(ek, m, c, K);
    EXPECT_EQ(decapsulated(dk, c), K);
    const auto rejected = decapsulated(dk, garbage);
    hash.absorb(ek).absorb(dk).absorb(c).absorb(K).absorb(rejected);
    hash_no_dk.absorb(ek).absorb(c).absorb(K).absorb(rejected);
  }
  ByteArray<32> h;
  ByteArray<32> h_no_dk;
  hash.squeeze(h);
  hash_no_dk.squeeze(h_no_dk);
  return {hex(h), hex(h_no_dk)};
}

// The second value is also the one in the tests of Go's standard library.
TEST(MlKem, HundredPseudoRandomRunsGiveThePublishedHashes) {
  const auto hashes = accumulated(100);
  EXPECT_EQ(hashes.h, "8d65b902f28edc683cebee2872962fd165a4d197c9e24ec74caa4470270df0b7");
  EXPECT_EQ(hashes.h_no_dk, "1114b1b6699ed191734fa339376afa7e285c9e6acf6ff0177d346696ce564415");
}

class Cctv : public VectorFile {
 protected:
  Cctv() : VectorFile{"cctv_mlkem768.json"} {}

  static void refuses_every_bad_key(const Case& test) {
    const auto base = sized<sizeof(EncapsulationKey)>(bytes_of(test, "base_ek"));
    ASSERT_TRUE(base && check(*base));
    ASSERT_FALSE(test.at("cases").empty());
    for (const auto& bad : test.at("cases")) {
      auto ek = *base;
      for (const auto& replaced : bad) {
        const auto bit = 12 * replaced.at(0).get<std::size_t>();
        const auto value = replaced.at(1).get<unsigned>();
        for (std::size_t i = 0; i < 12; ++i) {
          auto& byte = ek[(bit + i) / 8];
          const auto mask = 1U << ((bit + i) % 8);
          byte = static_cast<std::uint8_t>((byte & ~mask) | ((value >> i & 1) != 0 ? mask : 0));
        }
      }
      EXPECT_FALSE(check(ek)) << bad;
    }
  }

  static void accumulates(const Case& test) {
    for (const auto& iteration : test.at("iterations")) {
      const auto hashes = accumulated(iteration.at("n").get<int>());
      EXPECT_EQ(hashes.h, iteration.at("h"));
      EXPECT_EQ(hashes.h_no_dk, iteration.at("h_no_dk"));
    }
  }

  static void run(const Case& test) {
    const auto suite = test.at("suite").get<std::string>();
    SCOPED_TRACE(suite);
    if (suite == "modulus") return refuses_every_bad_key(test);
    if (suite == "accumulated") return accumulates(test);
    ASSERT_TRUE(suite == "strcmp" || suite.starts_with("unlucky")) << "nothing here runs this";
    if (test.contains("ek")) expect_encapsulates(test, "K");
    if (test.contains("dk")) {
      EXPECT_EQ(decapsulated(bytes_of(test, "dk"), bytes_of(test, "c")), test.at("K"));
    }
  }
};

TEST_F(Cctv, EveryCaseGivesThePublishedResult) {
  for (const auto& test : cases()) run(test);
}

}  // namespace
}  // namespace bisik::crypto::mlkem
