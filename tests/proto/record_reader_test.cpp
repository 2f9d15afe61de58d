#include "proto/record_reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace bisik::proto {
namespace {

CipherKey key() {
  return CipherKey::fill([](auto out) { std::ranges::fill(out, std::uint8_t{1}); });
}

class RecordReaderTest : public testing::Test {
 protected:
  void arrive(ByteView bytes) {
    while (!bytes.empty()) {
      const auto space = reader_.space();
      const auto n = std::min(space.size(), bytes.size());
      std::ranges::copy(bytes.first(n), space.begin());
      reader_.received(n);
      bytes = bytes.subspan(n);
    }
  }
  Bytes records(std::initializer_list<std::size_t> frame_sizes) {
    Bytes out;
    for (const auto size : frame_sizes) {
      EXPECT_TRUE(sender_.seal(Bytes(size, static_cast<std::uint8_t>(size)), out));
    }
    return out;
  }
  // The size of the next frame; nothing if there is none yet.
  std::optional<std::size_t> next_size() {
    const auto frame = reader_.next(receiver_);
    EXPECT_TRUE(frame);
    if (!frame || !*frame) return std::nullopt;
    return (*frame)->size();
  }

  Channel sender_{key(), key()};
  Channel receiver_{key(), key()};
  RecordReader reader_;
};

TEST_F(RecordReaderTest, CutsWhatArrivedTogether) {
  arrive(records({3, 0, 200}));
  EXPECT_EQ(next_size(), 3U);
  EXPECT_EQ(next_size(), 0U);
  EXPECT_EQ(next_size(), 200U);
  EXPECT_EQ(next_size(), std::nullopt);
  EXPECT_TRUE(reader_.empty());
}

TEST_F(RecordReaderTest, JoinsWhatArrivedByteByByte) {
  const auto bytes = records({5, 300});
  std::vector<std::size_t> sizes;
  for (const auto byte : bytes) {
    arrive({&byte, 1});
    if (const auto size = next_size()) sizes.push_back(*size);
  }
  EXPECT_EQ(sizes, (std::vector<std::size_t>{5, 300}));
}

TEST_F(RecordReaderTest, TakesTheLargestRecord) {
  arrive(records({kMaxFrameBytes}));
  EXPECT_EQ(next_size(), kMaxFrameBytes);
}

TEST_F(RecordReaderTest, FramesStayUntilTheNextSpace) {
  arrive(records({2, 4}));
  const auto first = reader_.next(receiver_);
  const auto second = reader_.next(receiver_);
  EXPECT_TRUE(std::ranges::equal(**first, Bytes{2, 2}));
  EXPECT_TRUE(std::ranges::equal(**second, Bytes{4, 4, 4, 4}));
}

TEST_F(RecordReaderTest, ADeclaredLengthAloneTakesNoMemory) {
  arrive(Bytes{0xff, 0xff});
  EXPECT_EQ(next_size(), std::nullopt);
  EXPECT_EQ(reader_.space().size(), kFirstReadBytes - 2);
}

TEST_F(RecordReaderTest, MemoryGrowsWithWhatArrived) {
  arrive(Bytes{0xff, 0xff});
  std::size_t arrived = 2;
  while (arrived < kMaxRecordBytes) {
    EXPECT_LE(arrived + reader_.space().size(), std::max(kFirstReadBytes, 2 * arrived));
    arrive(Bytes(1));
    ++arrived;
  }
}

TEST_F(RecordReaderTest, ReadsMoreAtOnceWhereABufferWasFilled) {
  const auto bytes = records({5000, 5000});
  arrive(ByteView{bytes}.first(kFirstReadBytes));
  EXPECT_EQ(next_size(), 5000U);
  EXPECT_EQ(next_size(), std::nullopt);
  const auto rest = kFirstReadBytes - Channel::record_bytes(5000);
  EXPECT_EQ(reader_.space().size(), 2 * kFirstReadBytes - rest);
  EXPECT_EQ(reader_.space().size(), 2 * kFirstReadBytes - rest) << "once for each time";
  arrive(ByteView{bytes}.subspan(kFirstReadBytes));
  EXPECT_EQ(next_size(), 5000U);
}

TEST_F(RecordReaderTest, ARecordTooShortForItsTagIsMalformed) {
  for (std::uint8_t length = 0; length < kRecordTagBytes; ++length) {
    RecordReader reader;
    const auto space = reader.space();
    space[0] = 0;
    space[1] = length;
    reader.received(2);
    EXPECT_EQ(reader.next(receiver_).error(), Errc::malformed);
  }
}

TEST_F(RecordReaderTest, AForgedRecordIsTheEnd) {
  auto bytes = records({3, 3});
  bytes[4] ^= 1U;
  arrive(bytes);
  EXPECT_EQ(reader_.next(receiver_).error(), Errc::broken_channel);
  EXPECT_EQ(reader_.next(receiver_).error(), Errc::broken_channel);
}

TEST_F(RecordReaderTest, ReleaseKeepsAPartOfARecord) {
  const auto bytes = records({3});
  arrive(ByteView{bytes}.first(10));
  reader_.release();
  arrive(ByteView{bytes}.subspan(10));
  EXPECT_EQ(next_size(), 3U);
  reader_.release();
  arrive(records({4}));
  EXPECT_EQ(next_size(), 4U);
}

}  // namespace
}  // namespace bisik::proto
