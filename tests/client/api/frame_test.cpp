#include "client/api/frame.hpp"

#include <gtest/gtest.h>

#include "proto/api.pb.h"

namespace bisik::client {
namespace {

using crypto::Bytes;

proto::pb::ApiRequest request(const std::string& text) {
  proto::pb::ApiRequest made;
  made.set_number(7);
  made.mutable_send()->set_text(text);
  return made;
}

void feed(FrameReader& reader, crypto::ByteView bytes) {
  while (!bytes.empty()) {
    const auto space = reader.space();
    const auto size = std::min(space.size(), bytes.size());
    std::ranges::copy(bytes.first(size), space.begin());
    reader.received(size);
    bytes = bytes.subspan(size);
  }
}

TEST(ApiFrame, ComesBackByteForByte) {
  Bytes frames;
  append_frame(frames, request("hello"));
  append_frame(frames, request(std::string(50'000, 'x')));
  FrameReader reader{kMaxRequestBytes};
  feed(reader, frames);
  for (const auto size : {5U, 50'000U}) {
    EXPECT_TRUE(reader.has_next());
    const auto bytes = reader.next();
    ASSERT_TRUE(bytes);
    proto::pb::ApiRequest read;
    ASSERT_TRUE(read.ParseFromArray(bytes->data(), static_cast<int>(bytes->size())));
    EXPECT_EQ(read.send().text().size(), size);
  }
  EXPECT_FALSE(reader.has_next());
  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.broken());
}

TEST(ApiFrame, AFrameThatArrivesByteByByteIsWholeOnlyAtItsEnd) {
  Bytes frame;
  append_frame(frame, request("hello"));
  FrameReader reader{kMaxRequestBytes};
  for (std::size_t i = 0; i + 1 < frame.size(); ++i) {
    feed(reader, crypto::ByteView{frame}.subspan(i, 1));
    EXPECT_FALSE(reader.next()) << i;
  }
  feed(reader, crypto::ByteView{frame}.last(1));
  EXPECT_TRUE(reader.next());
}

TEST(ApiFrame, ALengthAboveTheLimitBreaksTheStreamAndAllocatesNothing) {
  FrameReader reader{kMaxRequestBytes};
  feed(reader, Bytes{0x7f, 0xff, 0xff, 0xff, 1, 2, 3});
  EXPECT_FALSE(reader.next());
  EXPECT_TRUE(reader.broken());
  EXPECT_FALSE(reader.has_next());
  EXPECT_LT(reader.space().size(), kMaxRequestBytes);
}

TEST(ApiFrame, TheLimitItselfIsAllowed) {
  Bytes frame{0, 0, 0, 16};
  frame.resize(4 + 16);
  FrameReader reader{16};
  feed(reader, frame);
  ASSERT_TRUE(reader.next());
  frame[3] = 17;
  feed(reader, frame);
  EXPECT_FALSE(reader.next());
  EXPECT_TRUE(reader.broken());
}

}  // namespace
}  // namespace bisik::client
