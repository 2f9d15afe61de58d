#include "crypto/secret_buffer.hpp"

#include <gtest/gtest.h>

#include <concepts>

namespace bisik::crypto {
namespace {

static_assert(std::movable<SecretBuffer> && !std::copy_constructible<SecretBuffer>);

using Key = Secret<struct KeyTag, 32>;

TEST(SecretBuffer, ReadsBackWhatWasWritten) {
  const auto key = Key::random();
  SecretBuffer buffer;
  buffer.append(key).append_int(std::uint8_t{0xab}).append_int(std::uint32_t{0x01020304});
  buffer.append_sized(as_bytes("text")).append_int(~std::uint64_t{0});

  SecretReader reader{buffer};
  EXPECT_TRUE(equal(reader.take_secret<Key>(), key));
  EXPECT_EQ(reader.take_int<std::uint8_t>(), 0xabU);
  EXPECT_EQ(reader.take_int<std::uint32_t>(), 0x01020304U);
  EXPECT_EQ(as_text(reader.take_sized()), "text");
  EXPECT_EQ(reader.take_int<std::uint64_t>(), ~std::uint64_t{0});
  EXPECT_TRUE(reader.finish());
}

TEST(SecretBuffer, KeepsAllThroughManyGrowths) {
  SecretBuffer buffer;
  Bytes expected;
  for (int i = 0; i < 1'000; ++i) {
    const auto byte = static_cast<std::uint8_t>(i);
    buffer.append_int(byte);
    expected.push_back(byte);
  }
  EXPECT_TRUE(std::ranges::equal(buffer.expose(), expected));
}

TEST(SecretBuffer, MayBeAppendedToItself) {
  SecretBuffer buffer;
  buffer.append(as_bytes("ab"));
  for (int i = 0; i < 6; ++i) buffer.append(buffer.expose());  // with and without growth
  EXPECT_EQ(buffer.size(), 128U);
  for (std::size_t i = 0; i < buffer.size(); i += 2) {
    EXPECT_EQ(as_text(buffer.expose().subspan(i, 2)), "ab");
  }
}

TEST(SecretBuffer, IsEmptyAfterMoving) {
  SecretBuffer buffer;
  buffer.append(as_bytes("secret"));
  SecretBuffer target{std::move(buffer)};
  EXPECT_EQ(buffer.size(), 0U);
  EXPECT_EQ(as_text(target.expose()), "secret");
  SecretBuffer other;
  other.append(as_bytes("overwritten"));
  other = std::move(target);
  EXPECT_EQ(target.size(), 0U);
  EXPECT_EQ(as_text(other.expose()), "secret");
}

TEST(SecretReader, GivesZerosForASecretThatIsNotThere) {
  SecretBuffer buffer;
  buffer.append(ByteArray<31>{1, 2, 3});
  SecretReader reader{buffer};
  const auto key = reader.take_secret<Key>();
  EXPECT_TRUE(reader.failed());
  EXPECT_FALSE(reader.finish());
  EXPECT_TRUE(std::ranges::equal(key.expose(), ByteArray<32>{}));
}

}  // namespace
}  // namespace bisik::crypto
