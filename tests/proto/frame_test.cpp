#include "proto/frame.hpp"

#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>

#include "tests/proto/messages.hpp"

namespace bisik::proto {
namespace {

// Protobuf by hand: what no encoder of ours would write.
void append_varint(Bytes& out, std::size_t value) {
  for (;; value >>= 7U) {
    out.push_back(static_cast<std::uint8_t>((value & 0x7fU) | (value > 0x7f ? 0x80U : 0U)));
    if (value <= 0x7f) break;
  }
}

Bytes tagged(std::uint8_t field, ByteView value) {
  Bytes out;
  append_varint(out, std::size_t{field} << 3U | 2U);
  append_varint(out, value.size());
  out.insert(out.end(), value.begin(), value.end());
  return out;
}

Channel channel() {
  const auto key = [] {
    return CipherKey::fill([](auto out) { std::ranges::fill(out, std::uint8_t{1}); });
  };
  return {key(), key()};
}

TEST(Frame, RequestsComeBackAsTheyWere) {
  const auto request = register_request();
  const auto decoded = decode_request(encode(request));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->SerializeAsString(), request.SerializeAsString());
}

TEST(Frame, TheLargestMessagesFit) {
  EXPECT_LE(encode(register_request()).size(), kMaxFrameBytes);
  EXPECT_LE(encode(send_request(kLargeCellBytes)).size(), kMaxFrameBytes);
  EXPECT_LE(encode(push(kLargeCellBytes)).size(), kMaxFrameBytes);
  EXPECT_LE(encode(longest_content()).size(), kMaxContentBytes);
  EXPECT_LE(encode(longest_content()).size() - kMaxTextBytes, kMaxContentFieldsBytes);
}

TEST(Frame, BytesOverTheLimitAreNotEvenParsed) {
  EXPECT_EQ(decode_request(Bytes(kMaxFrameBytes + 1)).error(), Errc::too_large);
  EXPECT_EQ(decode_content(Bytes(kMaxContentBytes + 1)).error(), Errc::too_large);
}

TEST(Frame, NothingAtAllIsMalformed) {
  EXPECT_EQ(decode_request({}).error(), Errc::malformed);
  EXPECT_EQ(decode_from_relay({}).error(), Errc::malformed);
  EXPECT_EQ(decode_content({}).error(), Errc::malformed);
  EXPECT_EQ(decode_link_payload({}).error(), Errc::malformed);
}

TEST(Frame, TruncatedRequestsAreMalformedAtEachLength) {
  const auto bytes = encode(send_request());
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    EXPECT_EQ(decode_request(ByteView{bytes}.first(n)).error(), Errc::malformed) << n;
  }
}

TEST(Frame, AnOperationOfALaterVersionIsRefused) {
  EXPECT_EQ(decode_request(tagged(29, {})).error(), Errc::malformed);
  EXPECT_EQ(decode_from_relay(tagged(9, {})).error(), Errc::malformed);
}

TEST(Frame, AFieldOfALaterVersionIsPassedOver) {
  auto bytes = encode(send_request());
  const auto extra = tagged(99, Bytes{1, 2, 3});
  bytes.insert(bytes.end(), extra.begin(), extra.end());
  EXPECT_TRUE(decode_request(bytes));
}

TEST(Frame, NestingDeeperThanAnyMessageIsRefused) {
  // Groups may nest in unknown fields: 30,000 of them in one frame.
  Bytes bomb(30'000, static_cast<std::uint8_t>(15U << 3U | 3U));
  Bytes ends(30'000, static_cast<std::uint8_t>(15U << 3U | 4U));
  bomb.insert(bomb.end(), ends.begin(), ends.end());
  EXPECT_EQ(decode_request(bomb).error(), Errc::malformed);

  Bytes shallow(9, static_cast<std::uint8_t>(15U << 3U | 3U));
  shallow.resize(18, static_cast<std::uint8_t>(15U << 3U | 4U));
  auto bytes = encode(send_request());
  bytes.insert(bytes.end(), shallow.begin(), shallow.end());
  EXPECT_EQ(decode_request(bytes).error(), Errc::malformed);
}

// Each empty item takes two bytes of the frame and some fifty of memory.
TEST(Frame, MoreElementsThanTheLimitAreRefused) {
  Bytes items = tagged(1, Bytes(32));
  while (items.size() < 60'000) items.insert(items.end(), {2U << 3U | 2U, 0});
  EXPECT_EQ(decode_request(tagged(9, items)).error(), Errc::malformed);
}

// Before validation can count them. Where malloc is a sanitizer's, this measures nothing.
TEST(Frame, TheWorstFrameTakesABoundedMultipleOfItsSize) {
  Bytes items = tagged(1, Bytes(32));
  while (items.size() < 60'000) items.insert(items.end(), {2U << 3U | 2U, 0});
  const auto frame = tagged(9, items);
  const auto before = mallinfo2().uordblks;
  pb::Request request;
  ASSERT_TRUE(request.ParseFromArray(frame.data(), static_cast<int>(frame.size())));
  EXPECT_LE(mallinfo2().uordblks - before, 48 * frame.size());
}

TEST(Frame, ADeclaredLengthBeyondTheFrameTakesNoMemory) {
  // send_cell of 2^31 - 1 bytes
  EXPECT_EQ(decode_request(Bytes{0xa2, 0x01, 0xff, 0xff, 0xff, 0xff, 0x07}).error(),
            Errc::malformed);
}

TEST(Frame, TextThatIsNotUtf8IsRefusedWithoutAWordOnStderr) {
  testing::internal::CaptureStderr();
  auto bytes = encode(text("abc"));
  bytes.back() = 0xff;
  EXPECT_EQ(decode_content(bytes).error(), Errc::malformed);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(Frame, SealedMessagesAreRecordsOfTheirBytes) {
  auto ours = channel();
  auto theirs = channel();
  const auto request = send_request();
  Bytes out;
  ASSERT_TRUE(seal_message(ours, request, out));
  ASSERT_EQ(out.size(), Channel::record_bytes(request.ByteSizeLong()));
  const auto frame = theirs.open(MutableBytes{out}.subspan(kLengthBytes));
  ASSERT_TRUE(frame);
  EXPECT_TRUE(decode_request(*frame));
}

TEST(Frame, AMessageOverTheLimitIsNotSealed) {
  auto ours = channel();
  auto request = send_request();
  request.mutable_send_cell()->set_cell(filled(kMaxFrameBytes));
  Bytes out{1};
  EXPECT_EQ(seal_message(ours, request, out).error(), Errc::too_large);
  EXPECT_EQ(out, Bytes{1});
}

}  // namespace
}  // namespace bisik::proto
