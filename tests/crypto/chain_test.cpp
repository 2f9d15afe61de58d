#include "crypto/chain.hpp"

#include <gtest/gtest.h>

#include "crypto/kdf.hpp"
#include "tests/crypto/dialogue.hpp"

namespace bisik::crypto {
namespace {

template <class S>
S filled(std::uint8_t byte) {
  return S::fill([byte](auto out) { std::ranges::fill(out, byte); });
}

// docs/protocol.md 6.1, with libsodium alone.
TEST(Chain, StepIsThatOfTheSpecification) {
  const auto [next, message_key] = step(filled<ChainKey>(5));
  ByteArray<64> expected;
  const ByteArray<16> salt{};
  crypto_generichash_blake2b_salt_personal(expected.data(), expected.size(), nullptr, 0,
                                           filled<ChainKey>(5).expose().data(), 32, salt.data(),
                                           as_bytes("bisik/1 chain   ").data());
  EXPECT_TRUE(std::ranges::equal(next.expose(), ByteView{expected}.first(32)));
  EXPECT_TRUE(std::ranges::equal(message_key.expose(), ByteView{expected}.last(32)));
}

TEST(Chain, RootStepIsThatOfTheSpecification) {
  const auto [root, chain, next_header] =
      step(filled<RootKey>(1), filled<SharedSecret>(2), filled<KemSharedSecret>(3));
  Bytes input_key(32, 2);
  input_key.resize(64, 3);
  ByteArray<96> okm;
  hkdf_sha256(input_key, Bytes(32, 1), as_bytes("bisik/1 root"), okm);
  EXPECT_TRUE(std::ranges::equal(root.expose(), ByteView{okm}.first(32)));
  EXPECT_TRUE(std::ranges::equal(chain.expose(), ByteView{okm}.subspan(32, 32)));
  EXPECT_TRUE(std::ranges::equal(next_header.expose(), ByteView{okm}.last(32)));
}

TEST(Chain, EveryKeyOfAChainIsAnother) {
  std::set<Bytes> seen;
  auto chain = filled<ChainKey>(5);
  for (int i = 0; i < 100; ++i) {
    auto [next, message_key] = step(chain);
    EXPECT_TRUE(seen.insert(copy_of(message_key.expose())).second);
    EXPECT_TRUE(seen.insert(copy_of(next.expose())).second);
    chain = std::move(next);
  }
}

}  // namespace
}  // namespace bisik::crypto
