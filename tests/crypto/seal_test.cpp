#include "crypto/seal.hpp"

#include <gtest/gtest.h>

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
