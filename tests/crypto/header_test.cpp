#include "crypto/header.hpp"

#include <gtest/gtest.h>

#include "tests/crypto/dialogue.hpp"

namespace bisik::crypto {
namespace {

Header some_header() {
  return {KemContents::key_and_ciphertext, DhKeyPair::generate().public_key, 0x01020304,
          0xfffefdfc};
}

TEST(Header, IsWrittenAsTheSpecificationSays) {
  const auto header = some_header();
  const auto encoded = header.encode();
  EXPECT_EQ(encoded[0], 1);
  EXPECT_EQ(encoded[1], 3);
  EXPECT_TRUE(std::equal(header.dh.bytes.begin(), header.dh.bytes.end(), encoded.begin() + 2));
  EXPECT_TRUE(std::ranges::equal(ByteView{encoded}.subspan(34, 8),
                                 ByteArray<8>{1, 2, 3, 4, 0xff, 0xfe, 0xfd, 0xfc}));
  EXPECT_TRUE(std::ranges::all_of(ByteView{encoded}.subspan(42), [](auto b) { return b == 0; }));
  EXPECT_EQ(Header::parse(encoded).value(), header);
}

TEST(Header, OtherVersionsAndFlagsAreRefused) {
  const auto encoded = some_header().encode();
  for (unsigned value = 0; value < 256; ++value) {
    auto altered = encoded;
    altered[0] = static_cast<std::uint8_t>(value);
    EXPECT_EQ(Header::parse(altered).has_value(), value == 1) << value;
    altered = encoded;
    altered[1] = static_cast<std::uint8_t>(value);
    EXPECT_EQ(Header::parse(altered).has_value(), value == 0 || value == 1 || value == 3) << value;
  }
}

TEST(Header, BytesThatMustBeZeroAreChecked) {
  const auto encoded = some_header().encode();
  for (std::size_t i = 42; i < Header::kSize; ++i) {
    auto altered = encoded;
    altered[i] = 1;
    EXPECT_EQ(Header::parse(altered).error(), Errc::malformed) << i;
  }
}

TEST(Header, LastIndexCanStillBeCounted) {
  auto header = some_header();
  header.index = kMaxIndex;
  EXPECT_TRUE(Header::parse(header.encode()));
  header.index = kMaxIndex + 1;
  EXPECT_EQ(Header::parse(header.encode()).error(), Errc::malformed);
}

TEST(Header, NonCanonicalKeysAreRefused) {
  for (const auto hex : kNonCanonicalPoints) {
    auto header = some_header();
    header.dh = point(hex);
    EXPECT_EQ(Header::parse(header.encode()).error(), Errc::non_canonical_key);
  }
}

TEST(Header, OpensUnderItsKeyAlone) {
  const auto header = some_header();
  const auto key = HeaderKey::random();
  ByteArray<kSealedHeaderBytes> sealed;
  seal_header(key, xchacha::random_nonce(), header, sealed);
  EXPECT_EQ(open_header(key, sealed).value(), header);
  EXPECT_EQ(open_header(HeaderKey::random(), sealed).error(), Errc::no_header_key);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto altered = sealed;
    altered[i] ^= 1;
    EXPECT_EQ(open_header(key, altered).error(), Errc::no_header_key) << i;
  }
}

}  // namespace
}  // namespace bisik::crypto
