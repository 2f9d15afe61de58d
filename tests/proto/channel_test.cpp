#include "proto/channel.hpp"

#include <gtest/gtest.h>
#include <sodium.h>

#include <algorithm>
#include <concepts>

namespace bisik::proto {
namespace {

static_assert(!std::copyable<Channel> && std::movable<Channel>);

CipherKey key(std::uint8_t fill) {
  return CipherKey::fill([&](auto out) { std::ranges::fill(out, fill); });
}

const Bytes kFrame{1, 2, 3};

class ChannelTest : public testing::Test {
 protected:
  static Bytes sealed(Channel& channel, ByteView frame = kFrame) {
    Bytes record;
    EXPECT_TRUE(channel.seal(frame, record));
    return record;
  }
  static Result<MutableBytes> opened(Channel& channel, Bytes& record) {
    return channel.open(MutableBytes{record}.subspan(kLengthBytes));
  }
  static void pass(Channel& from, Channel& to) {
    auto record = sealed(from);
    const auto frame = opened(to, record);
    ASSERT_TRUE(frame);
    ASSERT_TRUE(std::ranges::equal(*frame, kFrame));
  }

  Channel ours_{key(1), key(2)};
  Channel theirs_{key(2), key(1)};
};

TEST_F(ChannelTest, ARecordIsLengthThenCiphertext) {
  const auto record = sealed(ours_);
  ASSERT_EQ(record.size(), 2 + 3 + 16U);
  EXPECT_EQ(record[0], 0);
  EXPECT_EQ(record[1], 3 + 16);
}

TEST_F(ChannelTest, BothDirectionsWorkAndDiffer) {
  EXPECT_NE(sealed(ours_), sealed(theirs_));
  Channel a{key(1), key(2)};
  Channel b{key(2), key(1)};
  pass(a, b);
  pass(b, a);
}

TEST_F(ChannelTest, EveryFrameSizeUpToTheLimitFits) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kMaxFrameBytes}) {
    auto record = sealed(ours_, Bytes(size, 7));
    const auto frame = opened(theirs_, record);
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->size(), size);
  }
}

TEST_F(ChannelTest, AFrameOverTheLimitIsRefusedAndCostsNothing) {
  Bytes out{9};
  EXPECT_EQ(ours_.seal(Bytes(kMaxFrameBytes + 1), out).error(), Errc::too_large);
  EXPECT_EQ(out, Bytes{9});
  pass(ours_, theirs_);
}

TEST_F(ChannelTest, SealAppendsSoThatRecordsLeaveTogether) {
  Bytes out;
  ASSERT_TRUE(ours_.seal(kFrame, out));
  ASSERT_TRUE(ours_.seal(kFrame, out));
  const auto half = static_cast<std::ptrdiff_t>(out.size() / 2);
  Bytes first(out.begin(), out.begin() + half);
  Bytes second(out.begin() + half, out.end());
  EXPECT_TRUE(opened(theirs_, first));
  EXPECT_TRUE(opened(theirs_, second));
}

TEST_F(ChannelTest, AForgedRecordBreaksBothDirectionsForGood) {
  auto record = sealed(ours_);
  auto genuine = record;
  record.back() ^= 1U;
  EXPECT_EQ(opened(theirs_, record).error(), Errc::broken_channel);
  EXPECT_EQ(opened(theirs_, genuine).error(), Errc::broken_channel);
  Bytes out;
  EXPECT_EQ(theirs_.seal(kFrame, out).error(), Errc::broken_channel);
  EXPECT_TRUE(out.empty());
}

TEST_F(ChannelTest, RecordsOutOfOrderOrTwiceAreRefused) {
  auto first = sealed(ours_);
  auto second = sealed(ours_);
  Channel late{key(2), key(1)};
  EXPECT_FALSE(opened(late, second));
  Channel twice{key(2), key(1)};
  auto copy = first;
  EXPECT_TRUE(opened(twice, first));
  EXPECT_FALSE(opened(twice, copy));
}

TEST_F(ChannelTest, OnesOwnRecordIsNotAcceptedBack) {
  auto record = sealed(ours_);
  EXPECT_FALSE(opened(ours_, record));
}

TEST_F(ChannelTest, ARecordShorterThanItsTagIsRefused) {
  Bytes tiny(kRecordTagBytes - 1);
  EXPECT_EQ(theirs_.open(tiny).error(), Errc::broken_channel);
}

TEST_F(ChannelTest, EachDirectionIsRekeyedAfterItsOwnRecords) {
  for (std::uint64_t i = 0; i < kRekeyRecords + 2; ++i) pass(ours_, theirs_);
  pass(theirs_, ours_);  // still on its first key
  for (std::uint64_t i = 0; i < kRekeyRecords + 2; ++i) pass(theirs_, ours_);
  pass(ours_, theirs_);
}

// REKEY of the Noise specification, done here with libsodium alone.
TEST_F(ChannelTest, RekeyIsNoisesAndTheCounterGoesOn) {
  crypto::ByteArray<32> k;
  k.fill(1);
  const auto seal = [&](std::uint64_t n, ByteView plaintext) {
    crypto::ByteArray<12> nonce{};
    for (std::size_t i = 0; i < 8; ++i) nonce[4 + i] = static_cast<std::uint8_t>(n >> (8 * i));
    Bytes out(plaintext.size() + 16);
    crypto_aead_chacha20poly1305_ietf_encrypt(out.data(), nullptr, plaintext.data(),
                                              plaintext.size(), nullptr, 0, nullptr, nonce.data(),
                                              k.data());
    return out;
  };
  const auto ciphertext = [&] {
    const auto record = sealed(ours_);
    return Bytes(record.begin() + kLengthBytes, record.end());
  };
  for (std::uint64_t n = 0; n < kRekeyRecords; ++n) ASSERT_EQ(ciphertext(), seal(n, kFrame)) << n;
  const auto rekeyed = seal(~std::uint64_t{0}, crypto::ByteArray<32>{});
  std::ranges::copy_n(rekeyed.begin(), k.size(), k.begin());
  EXPECT_EQ(ciphertext(), seal(kRekeyRecords, kFrame));
  EXPECT_EQ(ciphertext(), seal(kRekeyRecords + 1, kFrame));
}

}  // namespace
}  // namespace bisik::proto
