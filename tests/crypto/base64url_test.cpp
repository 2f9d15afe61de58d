#include "crypto/base64url.hpp"

#include <gtest/gtest.h>

namespace bisik::crypto {
namespace {

std::string encoded(std::string_view text) { return to_base64url(as_bytes(text)); }

// RFC 4648, section 10, without the padding.
TEST(Base64Url, EncodesThePublishedVectors) {
  EXPECT_EQ(encoded(""), "");
  EXPECT_EQ(encoded("f"), "Zg");
  EXPECT_EQ(encoded("fo"), "Zm8");
  EXPECT_EQ(encoded("foo"), "Zm9v");
  EXPECT_EQ(encoded("foob"), "Zm9vYg");
  EXPECT_EQ(encoded("fooba"), "Zm9vYmE");
  EXPECT_EQ(encoded("foobar"), "Zm9vYmFy");
}

TEST(Base64Url, UsesTheAlphabetOfUrls) {
  EXPECT_EQ(to_base64url(Bytes{0xfb, 0xff, 0xfe}), "-__-");
  EXPECT_EQ(from_base64url("-__-"), (Bytes{0xfb, 0xff, 0xfe}));
  EXPECT_EQ(from_base64url("+//+"), std::nullopt);
}

TEST(Base64Url, DecodesWhatItEncodes) {
  for (std::size_t size = 0; size < 70; ++size) {
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(37 * i + size);
    EXPECT_EQ(from_base64url(to_base64url(bytes)), bytes);
  }
}

// Two texts for one key would be two names for one relay.
TEST(Base64Url, AcceptsNoSecondSpelling) {
  for (const std::string_view text :
       {"Z", "Zh", "Zm9", "Zg==", "Zg=", "Zm9v\n", " Zm9v", "Zm 9v"}) {
    EXPECT_EQ(from_base64url(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace bisik::crypto
