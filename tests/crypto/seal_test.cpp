#include "crypto/seal.hpp"

#include <gtest/gtest.h>

#include "crypto/kdf.hpp"
#include "tests/crypto/dialogue.hpp"

namespace bisik::crypto {
namespace {

class SealTest : public testing::Test {
 protected:
  [[nodiscard]] Bytes sealed(const Bytes& content) const {
    return seal_first_message(bob.seal.public_half(), fields, content);
  }

  Peer alice, bob;
  HandshakeFields fields = initiate_handshake(alice.device, bob.published()).value().fields;
  Bytes message = text("a ratchet message");
};

TEST_F(SealTest, OpensWithTheSealKeyAlone) {
  const auto opened = open_first_message(bob.seal, sealed(message));
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->handshake, fields);
  EXPECT_EQ(opened->ratchet_message, message);
  EXPECT_EQ(open_first_message(alice.seal, sealed(message)).error(), Errc::authentication_failed);
}

// Neither half of the seal opens without the other.
TEST_F(SealTest, BothHalvesOfTheKeyAreNeeded) {
  const auto cell = sealed(message);
  const SealKey without_kem{bob.seal.dh.duplicate(), {KemSeed::random(), bob.seal.kem.public_key}};
  const SealKey without_dh{{DhSecretKey::random(), bob.seal.dh.public_key},
                           bob.seal.kem.duplicate()};
  EXPECT_EQ(open_first_message(without_kem, cell).error(), Errc::authentication_failed);
  EXPECT_EQ(open_first_message(without_dh, cell).error(), Errc::authentication_failed);
}

TEST_F(SealTest, SizeIsThatOfTheMessageAndAConstant) {
  EXPECT_EQ(sealed(message).size(), message.size() + kFirstMessageOverhead);
  EXPECT_EQ(sealed({}).size(), kFirstMessageOverhead);
  EXPECT_EQ(kFirstMessageOverhead, 2549U);
}

TEST_F(SealTest, IsMadeAfreshEachTime) {
  const auto one = sealed(message), other = sealed(message);
  for (std::size_t i = 0; i + 16 <= one.size(); i += 16) {
    EXPECT_FALSE(std::equal(one.begin() + static_cast<std::ptrdiff_t>(i),
                            one.begin() + static_cast<std::ptrdiff_t>(i + 16),
                            other.begin() + static_cast<std::ptrdiff_t>(i)));
  }
}

TEST_F(SealTest, CellAlteredAnywhereIsRefused) {
  const auto cell = sealed(message);
  for (std::size_t i = 0; i < cell.size(); ++i) {
    EXPECT_FALSE(open_first_message(bob.seal, with_flipped_bit(cell, i))) << i;
  }
}

TEST_F(SealTest, TruncatedCellIsRefused) {
  const auto cell = sealed(message);
  for (const std::size_t size : {0UL, 31UL, 32UL, 1120UL, 1152UL, 1168UL, cell.size() - 1}) {
    EXPECT_FALSE(open_first_message(bob.seal, ByteView{cell}.first(size))) << size;
  }
}

// docs/protocol.md 5.4, from parts. `commit_mask` spoils the commitment, under a tag that is right.
Bytes seal_by_hand(const SealKey::Public& seal, const Bytes& inside, std::uint8_t commit_mask) {
  const auto ephemeral = DhKeyPair::generate();
  const auto [kct, kss] = encapsulate(seal.kem);
  Encoder out{kFirstMessageOverhead + inside.size()};
  out.append(ephemeral.public_key.bytes).append(kct.bytes);
  Encoder hashed{2048};
  hashed.append(as_bytes("bisik/1 seal transcript")).append(ByteArray<1>{0}).append(out.bytes());
  hashed.append(seal.dh.bytes).append(seal.kem.bytes);
  SecretBuffer input_key;
  input_key.append(agree(ephemeral.secret_key, seal.dh).value()).append(kss);
  ByteArray<64> okm;
  hkdf_sha256(input_key.expose(), sha256(hashed.bytes()), as_bytes("bisik/1 seal keys"), okm);
  okm[50] ^= commit_mask;
  out.append(ByteView{okm}.last(32));

  auto cell = out.bytes();
  const auto prefix = cell;
  const ByteArray<12> nonce{};
  cell.resize(prefix.size() + inside.size() + 16);
  crypto_aead_chacha20poly1305_ietf_encrypt(cell.data() + prefix.size(), nullptr, inside.data(),
                                            inside.size(), prefix.data(), prefix.size(), nullptr,
                                            nonce.data(), okm.data());
  return cell;
}

TEST_F(SealTest, IsThatOfTheSpecification) {
  Encoder inside{HandshakeFields::kSize};
  fields.encode(inside);
  inside.append(message);
  const auto opened =
      open_first_message(bob.seal, seal_by_hand(bob.seal.public_half(), inside.bytes(), 0));
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->handshake, fields);
  EXPECT_EQ(opened->ratchet_message, message);
}

TEST_F(SealTest, WrongCommitmentUnderARightTagIsRefused) {
  Encoder inside{HandshakeFields::kSize};
  fields.encode(inside);
  EXPECT_EQ(
      open_first_message(bob.seal, seal_by_hand(bob.seal.public_half(), inside.bytes(), 1)).error(),
      Errc::authentication_failed);
}

TEST_F(SealTest, EachBadPointIsRefused) {
  auto cell = sealed(message);
  for (const auto hex : kLowOrderPoints) {
    std::ranges::copy(point(hex).bytes, cell.begin());
    EXPECT_EQ(open_first_message(bob.seal, cell).error(), Errc::non_contributory_key);
  }
  for (const auto hex : kNonCanonicalPoints) {
    std::ranges::copy(point(hex).bytes, cell.begin());
    EXPECT_EQ(open_first_message(bob.seal, cell).error(), Errc::non_canonical_key);
  }
}

}  // namespace
}  // namespace bisik::crypto
