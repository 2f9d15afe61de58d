// Both AEADs against RFC 8439, the XChaCha draft and Wycheproof.

#include "crypto/aead.hpp"

#include <gtest/gtest.h>

#include "tests/crypto/vectors.hpp"

namespace bisik::crypto {
namespace {

constexpr std::string_view kSunscreen =
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
    "sunscreen would be it.";
constexpr std::string_view kKey =
    "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f";
constexpr std::string_view kAd = "50515253c0c1c2c3c4c5c6c7";

// RFC 8439, section 2.8.2.
constexpr std::string_view kChachaNonce = "070000004041424344454647";
constexpr std::string_view kChachaSealed =
    "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92"
    "728b1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b"
    "4831d7bc3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691";

// draft-irtf-cfrg-xchacha-03, appendix A.3.1.
constexpr std::string_view kXchachaNonce = "404142434445464748494a4b4c4d4e4f5051525354555657";
constexpr std::string_view kXchachaSealed =
    "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda"
    "7e39ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b23835"
    "65d3fff921f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780acf49";

struct Chacha {
  using Nonce = chacha::Nonce;
  static constexpr const char* kFile = "wycheproof_chacha20_poly1305.json";
  static constexpr std::string_view kNonce = kChachaNonce;
  static constexpr std::string_view kSealed = kChachaSealed;
  static constexpr auto kSeal = chacha::seal_raw;
  static constexpr auto kOpen = chacha::open_raw;
};

struct Xchacha {
  using Nonce = xchacha::Nonce;
  static constexpr const char* kFile = "wycheproof_xchacha20_poly1305.json";
  static constexpr std::string_view kNonce = kXchachaNonce;
  static constexpr std::string_view kSealed = kXchachaSealed;
  static constexpr auto kSeal = xchacha::seal_raw;
  static constexpr auto kOpen = xchacha::open_raw;
};

template <class Aead>
std::optional<typename Aead::Nonce> nonce_of(ByteView bytes) {
  return sized<std::tuple_size_v<typename Aead::Nonce>>(bytes);
}

template <class Aead>
class AeadTest : public testing::Test {
 protected:
  [[nodiscard]] bool opens(ByteView sealed, ByteView ad, MutableBytes out) const {
    return Aead::kOpen(key_, nonce_, ad, sealed, out);
  }

  Bytes key_ = unhex(kKey);
  Bytes ad_ = unhex(kAd);
  Bytes sealed_ = unhex(Aead::kSealed);
  typename Aead::Nonce nonce_ = nonce_of<Aead>(unhex(Aead::kNonce)).value();
};
using Aeads = testing::Types<Chacha, Xchacha>;
TYPED_TEST_SUITE(AeadTest, Aeads);

TYPED_TEST(AeadTest, SealsAsPublished) {
  Bytes sealed(kSunscreen.size() + kTagBytes);
  TypeParam::kSeal(this->key_, this->nonce_, this->ad_, as_bytes(kSunscreen), sealed);
  EXPECT_EQ(hex(sealed), TypeParam::kSealed);
}

TYPED_TEST(AeadTest, OpensWhatWasSealed) {
  Bytes opened(kSunscreen.size());
  ASSERT_TRUE(this->opens(this->sealed_, this->ad_, opened));
  EXPECT_EQ(as_text(opened), kSunscreen);
}

TYPED_TEST(AeadTest, AnyBitAlteredOpensNothingAndLeavesZeros) {
  for (std::size_t i = 0; i < this->sealed_.size(); ++i) {
    auto altered = this->sealed_;
    altered[i] ^= 1;
    Bytes opened(kSunscreen.size(), 0xaa);
    EXPECT_FALSE(this->opens(altered, this->ad_, opened)) << i;
    EXPECT_EQ(opened, Bytes(kSunscreen.size(), 0)) << i;
  }
}

TYPED_TEST(AeadTest, OtherAssociatedDataOpensNothing) {
  Bytes opened(kSunscreen.size());
  EXPECT_FALSE(this->opens(this->sealed_, {}, opened));
  this->ad_.push_back(0);
  EXPECT_FALSE(this->opens(this->sealed_, this->ad_, opened));
}

TYPED_TEST(AeadTest, LessThanATagOpensNothing) {
  Bytes opened(3, 0xaa);
  EXPECT_FALSE(this->opens(Bytes(kTagBytes - 1), this->ad_, opened));
  EXPECT_EQ(opened, Bytes(3, 0));
}

TYPED_TEST(AeadTest, SealsAndOpensTheEmptyText) {
  Bytes sealed(kTagBytes);
  TypeParam::kSeal(this->key_, this->nonce_, {}, {}, sealed);
  EXPECT_TRUE(this->opens(sealed, {}, {}));
  sealed[0] ^= 1;
  EXPECT_FALSE(this->opens(sealed, {}, {}));
}

template <class Aead>
class WycheproofAead : public VectorFile {
 protected:
  WycheproofAead() : VectorFile{Aead::kFile} {}
};
TYPED_TEST_SUITE(WycheproofAead, Aeads);

TYPED_TEST(WycheproofAead, ExactlyTheValidCasesOpenAndSealToTheSame) {
  for (const auto& test : this->cases()) {
    SCOPED_TRACE(name_of(test));
    const bool valid = test.at("result") == "valid";
    const auto nonce = nonce_of<TypeParam>(bytes_of(test, "iv"));
    if (!nonce) {  // a size that our type cannot express
      EXPECT_FALSE(valid);
      continue;
    }
    const auto key = bytes_of(test, "key");
    const auto ad = bytes_of(test, "aad");
    const auto message = bytes_of(test, "msg");
    auto sealed = bytes_of(test, "ct");
    const auto tag = bytes_of(test, "tag");
    sealed.insert(sealed.end(), tag.begin(), tag.end());

    Bytes opened(message.size());
    ASSERT_EQ(sealed.size(), opened.size() + kTagBytes);
    EXPECT_EQ(TypeParam::kOpen(key, *nonce, ad, sealed, opened), valid);
    if (!valid) continue;
    EXPECT_EQ(opened, message);
    Bytes again(sealed.size());
    TypeParam::kSeal(key, *nonce, ad, message, again);
    EXPECT_EQ(again, sealed);
  }
}

using Key = Secret<struct KeyTag, 32>;

class SealedBuffer : public testing::Test {
 protected:
  SealedBuffer() { buffer_.append(as_bytes("the state of a session")); }

  Key key_ = Key::random();
  SecretBuffer buffer_;
};

TEST_F(SealedBuffer, OpensWithTheSameKeyAndData) {
  const auto sealed = xchacha::seal_buffer(key_, as_bytes("row 1"), buffer_);
  const auto opened = xchacha::open_buffer(key_, as_bytes("row 1"), sealed);
  ASSERT_TRUE(opened);
  EXPECT_EQ(as_text(opened->expose()), "the state of a session");
}

TEST_F(SealedBuffer, OpensWithNothingElse) {
  const auto sealed = xchacha::seal_buffer(key_, as_bytes("row 1"), buffer_);
  const auto refused = [](const auto& result) {
    return result.error() == Errc::authentication_failed;
  };
  EXPECT_TRUE(refused(xchacha::open_buffer(key_, as_bytes("row 2"), sealed)));
  EXPECT_TRUE(refused(xchacha::open_buffer(Key::random(), as_bytes("row 1"), sealed)));
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_TRUE(
        refused(xchacha::open_buffer(key_, as_bytes("row 1"), ByteView{sealed}.first(size))));
  }
}

TEST_F(SealedBuffer, IsSealedDifferentlyEachTime) {
  EXPECT_NE(xchacha::seal_buffer(key_, {}, buffer_), xchacha::seal_buffer(key_, {}, buffer_));
}

}  // namespace
}  // namespace bisik::crypto
