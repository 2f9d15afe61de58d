#include "crypto/message_key.hpp"

#include <gtest/gtest.h>

#include "tests/crypto/dialogue.hpp"

namespace bisik::crypto {
namespace {

class MessageKeyTest : public testing::Test {
 protected:
  [[nodiscard]] static MessageKey key() {
    return MessageKey::fill([](auto out) { std::ranges::fill(out, 0x4b); });
  }
  [[nodiscard]] BodyContext context() const { return {associated, header, kem_part}; }

  // docs/protocol.md 6.4, with libsodium alone. `commit_mask` spoils the commitment, under a tag
  // that is right.
  [[nodiscard]] Bytes body_by_hand(Bytes padded, std::uint8_t commit_mask = 0) const {
    Encoder input{256};
    input.append(associated).append(header).append(ByteView{kem_part}.last(16));
    ByteArray<64> derived;
    crypto_generichash_blake2b_salt_personal(derived.data(), derived.size(), input.bytes().data(),
                                             input.bytes().size(), key().expose().data(), 32,
                                             salt.data(), as_bytes("bisik/1 message ").data());
    derived[40] ^= commit_mask;

    Encoder prefix{48}, all_before{2048};
    prefix.append(salt).append(ByteView{derived}.last(32));
    all_before.append(associated).append(header).append(kem_part).append(prefix.bytes());
    Bytes ciphertext(padded.size() + 16);
    const ByteArray<12> nonce{};
    crypto_aead_chacha20poly1305_ietf_encrypt(
        ciphertext.data(), nullptr, padded.data(), padded.size(), all_before.bytes().data(),
        all_before.bytes().size(), nullptr, nonce.data(), derived.data());
    return std::move(prefix.append(ciphertext)).bytes();
  }

  Bytes associated = Bytes(104, 1), header = Bytes(104, 2), kem_part = Bytes(1224, 3);
  BodySalt salt{4};
};

TEST_F(MessageKeyTest, BodyIsThatOfTheSpecification) {
  Bytes sealed(64 + 8);
  seal_body(key(), context(), salt, text("abc"), sealed);
  EXPECT_EQ(sealed, body_by_hand({'a', 'b', 'c', 0x80, 0, 0, 0, 0}));
  EXPECT_EQ(open_body(key(), context(), sealed).value(), text("abc"));
}

// A body opens under one key only, even for somebody who can make tags fit two.
TEST_F(MessageKeyTest, WrongCommitmentUnderARightTagIsRefused) {
  EXPECT_EQ(open_body(key(), context(), body_by_hand({'a', 0x80}, 1)).error(),
            Errc::authentication_failed);
}

TEST_F(MessageKeyTest, ContentWithoutPaddingIsRefused) {
  for (const auto& padded : {Bytes{0, 0, 0}, Bytes{'a', 'b', 'c'}, Bytes{0x80, 1}}) {
    EXPECT_EQ(open_body(key(), context(), body_by_hand(padded)).error(), Errc::malformed);
  }
}

TEST_F(MessageKeyTest, BodyIsBoundToAllThatStandsBeforeIt) {
  const auto body = body_by_hand({'a', 0x80});
  ASSERT_TRUE(open_body(key(), context(), body));
  for (auto* part : {&associated, &header, &kem_part}) {
    for (std::size_t i = 0; i < part->size(); ++i) {
      (*part)[i] ^= 1;
      EXPECT_EQ(open_body(key(), context(), body).error(), Errc::authentication_failed) << i;
      (*part)[i] ^= 1;
    }
  }
}

}  // namespace
}  // namespace bisik::crypto
