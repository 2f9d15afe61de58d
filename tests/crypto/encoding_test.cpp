#include "crypto/encoding.hpp"

#include <gtest/gtest.h>

namespace bisik::crypto {
namespace {

using std::chrono::seconds;

TEST(Encoder, WritesIntegersBigEndian) {
  Encoder out{0};
  out.append_int(std::uint8_t{1}).append_int(std::uint32_t{2}).append_int(std::uint64_t{0x0304});
  EXPECT_EQ(out.bytes(), (Bytes{1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 3, 4}));
}

TEST(Encoder, BringsAWrongClockIntoRange) {
  const auto written = [](UnixTime time) {
    Encoder out{8};
    out.append_time(time);
    Decoder in{out.bytes()};
    const auto read = in.take_time();
    EXPECT_TRUE(in.finish());
    return read;
  };
  EXPECT_EQ(written(UnixTime{seconds{1'750'000'000}}), UnixTime{seconds{1'750'000'000}});
  EXPECT_EQ(written(UnixTime{seconds{-1}}), UnixTime{});
  EXPECT_EQ(written(UnixTime::max()), UnixTime{kMaxUnixTime});
}

TEST(Decoder, ReadsBackWhatWasWritten) {
  const Bytes bytes{9, 8, 0, 7, 0, 0, 0, 1, 6};
  Decoder in{bytes};
  EXPECT_EQ(in.take_int<std::uint8_t>(), 9U);
  EXPECT_EQ((in.take_array<2>()), (ByteArray<2>{8, 0}));
  EXPECT_EQ(in.take(1)[0], 7U);
  EXPECT_EQ(in.left(), 5U);
  EXPECT_FALSE(in.finish());
  EXPECT_EQ(in.take_sized()[0], 6U);
  EXPECT_TRUE(in.finish());
}

TEST(Decoder, FailsForGoodAfterTheFirstReadPastTheEnd) {
  const Bytes bytes{1, 2, 3};
  Decoder in{bytes};
  EXPECT_TRUE(in.take(4).empty());
  EXPECT_TRUE(in.failed());
  EXPECT_TRUE(in.take(1).empty());
  EXPECT_EQ(in.take_int<std::uint16_t>(), 0U);
  EXPECT_EQ((in.take_array<2>()), (ByteArray<2>{}));
  EXPECT_FALSE(in.finish());
}

TEST(Decoder, DoesNotTrustADeclaredLength) {
  const Bytes bytes{0xff, 0xff, 0xff, 0xff, 1};
  Decoder in{bytes};
  EXPECT_TRUE(in.take_sized().empty());
  EXPECT_TRUE(in.failed());
}

TEST(Decoder, FailsForIntegersAndTimesOutsideTheirRange) {
  const Bytes bytes{0, 5, 9};
  for (const bool in_range : {true, false}) {
    Decoder in{ByteView{bytes}.subspan(1)};
    const std::uint8_t lowest = in_range ? 5 : 6;
    EXPECT_EQ(in.take_int_between<std::uint8_t>(lowest, 9), 5U);
    EXPECT_EQ(in.failed(), !in_range);
  }
  const Bytes far_future(8, 0xff);
  Decoder in{far_future};
  EXPECT_EQ(in.take_time(), UnixTime{});
  EXPECT_TRUE(in.failed());
}

}  // namespace
}  // namespace bisik::crypto
